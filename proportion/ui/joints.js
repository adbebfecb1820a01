// The joints as an editor changes them: moving, turning, hiding, mirroring, and a history of it all.
window.Proportion.Joints = class {
  static chains = ['left_', 'right_'].flatMap(side => [
    ['shoulder', 'elbow', 'wrist', 'hand'].map(name => side + name),
    ['hip', 'knee', 'ankle', 'toe'].map(name => side + name),
  ]);

  constructor(skeleton, foreshortened = []) {
    this.size = skeleton.image_size;
    this.found = JSON.stringify({ joints: skeleton.joints, foreshortened, mirrored: false });
    this.past = [];
    this.future = [];
    this.read(this.found);
  }

  read(text) { Object.assign(this, JSON.parse(text)); }
  text() { return JSON.stringify({ joints: this.joints, foreshortened: this.foreshortened, mirrored: this.mirrored }); }
  skeleton() {
    return { format: 'proportion-skeleton/1', image_size: this.size, joints: this.joints };
  }

  // Call before a change; a drag is one change.
  begin() {
    const now = this.text();
    if (this.past.at(-1) !== now) this.past.push(now);
    if (this.past.length > 200) this.past.shift();
    this.future = [];
  }
  step(from, to) {
    if (!from.length) return false;
    to.push(this.text());
    this.read(from.pop());
    return true;
  }
  undo() { return this.step(this.past, this.future); }
  redo() { return this.step(this.future, this.past); }
  reset() { this.begin(); this.read(this.found); }

  // Moves a joint; with `locked` it turns about the joint before it and what hangs on it turns along.
  move(name, x, y, locked = false) {
    const clamp = (value, side) => Math.min(Math.max(value, -side * 0.25), side * 1.25);
    const joint = this.joints[name];
    const target = { x: clamp(x, this.size[0]), y: clamp(y, this.size[1]) };
    const chain = this.constructor.chains.find(each => each.includes(name));
    const parent = chain && this.joints[chain[chain.indexOf(name) - 1]];
    if (locked && parent && parent.state !== 'missing') {
      const turn = Math.atan2(target.y - parent.y, target.x - parent.x)
        - Math.atan2(joint.y - parent.y, joint.x - parent.x);
      const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
      for (const each of chain.slice(chain.indexOf(name))) {
        const moved = this.joints[each];
        if (moved.state === 'missing') continue;
        const [dx, dy] = [moved.x - parent.x, moved.y - parent.y];
        moved.x = parent.x + dx * cos - dy * sin;
        moved.y = parent.y + dx * sin + dy * cos;
      }
    } else {
      Object.assign(joint, target);
    }
    this.confirm(name);
  }

  confirm(name) { Object.assign(this.joints[name], { state: 'seen', sigma: null }); }

  hide(name) {
    this.begin();
    this.joints[name] = { x: null, y: null, state: 'missing', sigma: null };
  }

  // Puts a hidden joint back: where its limb would go on, or beside its neighbour.
  restore(name) {
    this.begin();
    const chain = this.constructor.chains.find(each => each.includes(name)) || ['head_top', 'chin'];
    const at = chain.indexOf(name);
    const near = [chain[at - 1], chain[at + 1], ...chain, ...Object.keys(this.joints)]
      .map(each => this.joints[each]).find(joint => joint && joint.state !== 'missing');
    const step = Math.max(...this.size) * 0.06;
    this.joints[name] = near
      ? { x: near.x, y: near.y + (name === 'head_top' ? -step : step), state: 'guessed', sigma: null }
      : { x: this.size[0] / 2, y: this.size[1] / 2, state: 'guessed', sigma: null };
  }

  static partner(name) {
    return name.replace(/^(left|right)_/, side => (side === 'left_' ? 'right_' : 'left_'));
  }
  swapSides() {
    this.begin();
    const old = this.joints, { partner } = this.constructor;
    this.joints = Object.fromEntries(Object.keys(old).map(name => [name, old[partner(name)]]));
    this.foreshortened = this.foreshortened.map(partner);
  }
  // The whole drawing as in a mirror, picture included: what shows left is the other hand now.
  mirror() {
    this.swapSides();
    this.mirrored = !this.mirrored;
    for (const joint of Object.values(this.joints)) if (joint.x !== null) joint.x = this.size[0] - 1 - joint.x;
  }

  toggleForeshortened(part) {
    this.begin();
    const without = this.foreshortened.filter(each => each !== part);
    this.foreshortened = without.length < this.foreshortened.length ? without : [...without, part];
  }

  // Joints that a person should look at: hidden ones that were guessed, and of each part whose length could not be
  // told for blur the one that is found worst.
  doubtful(name) {
    const { Proportion: P } = window, sigma = each => this.joints[each].sigma ?? 0;
    return this.joints[name].state === 'guessed' || P.data.bones.some(bone => {
      const ends = [bone.start, bone.end], [a, b] = ends.map(end => P.point(this.skeleton(), end));
      const joints = ends.flatMap(end => P.data.derived[end] || [end]);
      return joints.includes(name) && a && b && joints.every(each => sigma(each) <= sigma(name))
        && sigma(name) > P.data.blurred * Math.hypot(a.x - b.x, a.y - b.y);
    });
  }
};
