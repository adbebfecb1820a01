// A ruler beside the figure: its height in heads on the left, where its own landmarks fall on the right.
window.Proportion.ruler = (svg, skeleton) => {
  const P = window.Proportion, top = P.present(skeleton, 'head_top'), chin = P.present(skeleton, 'chin');
  if (!top || !chin) return;
  const head = Math.hypot(top.x - chin.x, top.y - chin.y), box = P.bounds(skeleton), window_ = svg.viewBox.baseVal;
  const size = window_.height / 24, group = P.draw('g', { class: 'ruler' }, svg);
  const [left, right] = [window_.x + size * 0.4, window_.x + window_.width - size * 0.4];
  const write = (text, x, y, kind) => { P.draw('text', { x, y: y + size * 0.35, 'font-size': size, class: kind }, group).textContent = text; };
  for (let count = 0, y = box.top; y <= box.bottom + head * 0.35 && count < 12; count += 1, y += head) {
    P.draw('line', { x1: left, x2: right, y1: y, y2: y }, group);
    write(count, left, y - size * 0.6, 'count');
  }
  let last = -Infinity;
  for (const [name, joints] of Object.entries(P.data.landmarks)) {
    const ys = joints.map(joint => P.present(skeleton, joint)?.y);
    const level = ys.every(y => y !== undefined) && Math.max(...ys) - Math.min(...ys) < 0.06 * (box.bottom - box.top);
    const y = ys.reduce((sum, each) => sum + each, 0) / ys.length;
    if (!level || y - last < size * 1.1) continue;  // a pair on two levels has no height, and words must not overlap
    last = y;
    P.draw('line', { x1: right - size * 2, x2: right, y1: y, y2: y, class: 'mark' }, group);
    write(P.say(`landmark_${name}`), right, y - size * 0.6, 'landmark');
  }
};
