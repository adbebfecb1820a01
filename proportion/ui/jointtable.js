// The joints as a table of numbers: everything that the picture allows, without a pointer.
window.Proportion.JointTable = class {
  // `change(name, axis, value)` gets a typed number, or null for an emptied cell.
  constructor(body, change) {
    const P = window.Proportion;
    this.inputs = {};
    body.replaceChildren(...P.data.joints.map(name => {
      const row = P.make('tr');
      row.append(P.make('th', { scope: 'row', 'data-say': `joint.${name}` }, P.say(`joint.${name}`)));
      this.inputs[name] = ['x', 'y'].map(axis => {
        const input = P.make('input', { type: 'number', step: 1, inputmode: 'numeric' }), cell = P.make('td');
        input.addEventListener('change', () => change(name, axis, input.value === '' ? null : Number(input.value)));
        cell.append(input);
        row.append(cell);
        return input;
      });
      return row;
    }));
  }

  show(joints) {
    const { say } = window.Proportion;
    for (const [name, inputs] of Object.entries(this.inputs)) {
      const joint = joints[name];
      inputs.forEach((input, index) => {
        const axis = 'xy'[index];
        input.value = joint.state === 'missing' ? '' : Math.round(joint[axis]);
        input.setAttribute('aria-label', `${say(`joint.${name}`)} ${axis}`);
      });
    }
  }
};
