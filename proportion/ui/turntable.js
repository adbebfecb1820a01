// The pose in space as the app understood it, to be turned: what points at the viewer is seen from the side here.
window.Proportion.Turntable = class {
  constructor(svg, slider) {
    Object.assign(this, { svg, slider, pose: null });
    let from = null;
    slider.addEventListener('input', () => this.draw());
    svg.addEventListener('pointerdown', event => { from = { x: event.clientX, at: Number(slider.value) }; svg.setPointerCapture(event.pointerId); });
    svg.addEventListener('pointermove', event => {
      if (!from) return;
      const turned = from.at + (event.clientX - from.x) * 0.8;
      slider.value = ((turned + 540) % 360) - 180;
      this.draw();
    });
    for (const end of ['pointerup', 'pointercancel']) svg.addEventListener(end, () => { from = null; });
  }

  // `pose`: joint to [x, y, z], x right and y down as in the picture, z away from the viewer.
  show(pose) {
    const { data } = window.Proportion;
    this.pose = { ...pose };
    for (const [name, [a, b]] of Object.entries(data.derived)) {
      if (pose[a] && pose[b]) this.pose[name] = pose[a].map((value, axis) => (value + pose[b][axis]) / 2);
    }
    this.draw();
  }

  draw() {
    const { data, draw } = window.Proportion, points = Object.values(this.pose || {});
    this.svg.replaceChildren();
    if (!points.length) return;
    const angle = Number(this.slider.value) * Math.PI / 180, [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const middle = points[0].map((_, axis) => (Math.max(...points.map(p => p[axis])) + Math.min(...points.map(p => p[axis]))) / 2);
    const turned = Object.fromEntries(Object.entries(this.pose).map(([name, p]) => {
      const [x, y, z] = p.map((value, axis) => value - middle[axis]);
      return [name, { x: x * cos + z * sin, y, z: z * cos - x * sin }];
    }));
    const reach = Math.max(...points.map(p => Math.hypot(p[0] - middle[0], p[2] - middle[2]))) * 1.15;
    const tall = Math.max(...points.map(p => Math.abs(p[1] - middle[1])));
    const half = Math.max(reach, tall * 0.55);
    this.svg.setAttribute('viewBox', [-half, -tall * 1.12, 2 * half, tall * 2.3].join(' '));
    draw('ellipse', { cx: 0, cy: tall, rx: reach * 0.8, ry: reach * 0.16, class: 'floor' }, this.svg);
    const bones = data.bones.filter(({ start, end }) => turned[start] && turned[end])
      .sort((a, b) => turned[b.start].z + turned[b.end].z - turned[a.start].z - turned[a.end].z);
    for (const { part, start, end } of bones) {
      const [a, b] = [turned[start], turned[end]], line = { x1: a.x, y1: a.y, x2: b.x, y2: b.y, 'data-part': part };
      draw('line', { ...line, class: 'halo' }, this.svg);
      const bone = draw('line', { ...line, class: 'bone' }, this.svg);
      bone.style.stroke = data.colours[part];
      bone.style.strokeWidth = 5 - 1.6 * (a.z + b.z) / (2 * reach || 1);
    }
  }
};
