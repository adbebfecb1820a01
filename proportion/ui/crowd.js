// Boxes around the other figures in a picture: a tap on one takes that figure.
window.Proportion.Crowd = class {
  // `boxes`: [left, top, right, bottom] each; `chosen`: number of the figure at hand; `width`: of a mirrored picture, or null.
  constructor(boxes, chosen, width = null) {
    this.others = boxes.map(([left, top, right, bottom], index) => ({
      index, top, bottom, left: width === null ? left : width - right, right: width === null ? right : width - left,
    })).filter(({ index }) => index !== chosen);
  }

  show(layer, unit) {
    const { draw } = window.Proportion;
    layer.replaceChildren();
    for (const { left, top, right, bottom, index } of this.others) {
      draw('rect', { x: left, y: top, width: right - left, height: bottom - top, 'data-box': index }, layer);
      draw('text', { x: left, y: top, dx: '.4em', dy: '1.1em', 'font-size': 22 * unit }, layer).textContent = index + 1;
    }
  }

  // Number of the figure whose box holds a point, or null.
  at({ x, y }) {
    return this.others.find(({ left, top, right, bottom }) => x >= left && x <= right && y >= top && y <= bottom)?.index ?? null;
  }
};
