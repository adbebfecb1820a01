// A ruler beside the figure: its height in heads on the left, where its own landmarks fall on the right.
window.Proportion.ruler = (svg, skeleton) => {
  const P = window.Proportion, top = P.present(skeleton, 'head_top'), chin = P.present(skeleton, 'chin');
  if (!top || !chin) return;
  const head = Math.hypot(top.x - chin.x, top.y - chin.y), box = P.bounds(skeleton), size = head * 0.3;
  const group = P.draw('g', { class: 'ruler' }, svg);
  const [left, right] = [box.left - head * 0.6, box.right + head * 0.6];
  const write = (text, x, y, kind) => { P.draw('text', { x, y: y + size * 0.35, 'font-size': size, class: kind }, group).textContent = text; };
  for (let count = 0, y = box.top; y <= box.bottom + head * 0.35 && count < 12; count += 1, y += head) {
    P.draw('line', { x1: left, x2: right, y1: y, y2: y }, group);
    write(count, left - size * 0.6, y, 'count');
  }
  let last = -Infinity;
  for (const [name, joints] of Object.entries(P.data.landmarks)) {
    const ys = joints.map(joint => P.present(skeleton, joint)?.y);
    const level = ys.every(y => y !== undefined) && Math.max(...ys) - Math.min(...ys) < 0.06 * (box.bottom - box.top);
    const y = ys.reduce((sum, each) => sum + each, 0) / ys.length;
    if (!level || y - last < size) continue;  // a pair on two levels has no height, and words must not overlap
    last = y;
    P.draw('line', { x1: box.right, x2: right, y1: y, y2: y, class: 'mark' }, group);
    write(P.say(`landmark_${name}`), right + size * 0.3, y, 'landmark');
  }
};
