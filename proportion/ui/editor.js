// Step 2: the joints on the drawing. Events to Python: 'check', 'release' (numbers for the joints as they are now),
// 'around' (which other figures are in the picture) and 'figure' (take another one).
const P = window.Proportion;
const $ = selector => element.querySelector(selector);
const figure = $('svg.figure'), scene = $('g.scene'), tag = $('.tag'), loupe = $('.loupe');
let joints = null, selected = null, view = null, locked = false, revision = 0;
let handles = {}, bones = [], picture = null, crowd = null;

function publish(event) {
  P.state.revision = revision += 1;
  props.value = { ...props.value, skeleton: joints.skeleton(), foreshortened: joints.foreshortened, revision };
  P.state.skeleton = joints.skeleton();
  P.state.foreshortened = joints.foreshortened;
  P.state.mirrored = joints.mirrored;
  P.Kept.keep(joints, P.state.figure);
  numbers.asked(joints.skeleton());
  trigger(event, {});
}

// --- drawing ----------------------------------------------------------------------------------------------------
const unit = () => view.w / Math.max(1, figure.clientWidth);  // picture pixels per CSS pixel
function showView() { figure.setAttribute('viewBox', [view.x, view.y, view.w, view.h].join(' ')); }

function fit() {
  const [w, h] = joints.size;
  const aspect = Math.max(0.3, figure.clientWidth / Math.max(1, figure.clientHeight)) || w / h;
  const wide = Math.max(w, h * aspect) * 1.04;
  view = { w: wide, h: wide / aspect, x: (w - wide) / 2, y: (h - wide / aspect) / 2 };
  showView();
}

function build() {
  scene.replaceChildren();
  const [w, h] = joints.size;
  P.draw('rect', { x: 0, y: 0, width: w, height: h, class: 'paper' }, scene);
  picture = P.state.image && P.draw('image', { x: 0, y: 0, width: w, height: h }, scene);
  crowd = P.draw('g', { class: 'crowd' }, scene);
  const lines = P.draw('g', {}, scene), dots = P.draw('g', {}, scene);
  bones = ['halo', 'bone'].flatMap(layer => P.data.bones.map(bone => {
    const line = P.draw('line', { class: layer, 'data-part': bone.part }, lines);
    if (layer === 'bone') line.style.stroke = P.data.colours[bone.part];
    return { bone, line };
  }));
  handles = {};
  for (const name of P.data.joints) {
    const group = P.draw('g', { class: 'joint', 'data-joint': name, role: 'button', tabindex: -1 }, dots);
    const dot = P.draw('circle', {}, group), mark = P.draw('text', {}, group);
    dot.style.stroke = P.data.colours[P.data.part_of_joint[name]];
    mark.textContent = '?';
    handles[name] = { group, dot, mark };
    group.addEventListener('focus', () => choose(name));
  }
  showPicture();
  showCrowd();
  paint();
}
async function showPicture() {
  if (!picture) return;
  const here = picture, mirrored = joints.mirrored;
  const address = mirrored ? await P.Files.flipped(P.state.upright) : P.state.upright;
  if (here !== picture || mirrored !== joints.mirrored) return;  // meanwhile another drawing, or flipped back
  P.state.image = address;
  picture.setAttribute('href', address);
}
const others = () => new P.Crowd(props.value.boxes || [], props.value.box, joints.mirrored ? joints.size[0] : null);
const showCrowd = () => others().show(crowd, unit());
function another(index) {
  P.wait('page.finding');
  props.value = { ...props.value, box: index };
  trigger('figure', {});
}

function paint() {
  const skeleton = joints.skeleton(), size = unit();
  for (const { bone, line } of bones) {
    const a = P.point(skeleton, bone.start), b = P.point(skeleton, bone.end);
    line.style.display = a && b ? '' : 'none';
    if (!a || !b) continue;
    line.setAttribute('x1', a.x); line.setAttribute('y1', a.y);
    line.setAttribute('x2', b.x); line.setAttribute('y2', b.y);
    line.classList.toggle('viewer', joints.foreshortened.includes(bone.part));
  }
  for (const [name, { group, dot, mark }] of Object.entries(handles)) {
    const joint = P.present(skeleton, name);
    group.style.display = joint ? '' : 'none';
    if (!joint) continue;
    const doubtful = joints.doubtful(name);
    group.classList.toggle('doubtful', doubtful);
    group.classList.toggle('selected', name === selected);
    group.setAttribute('tabindex', name === (selected || 'head_top') ? 0 : -1);
    group.setAttribute('aria-label', say(name) + (doubtful ? `, ${P.say('page.please_check')}` : ''));
    dot.setAttribute('cx', joint.x); dot.setAttribute('cy', joint.y);
    dot.setAttribute('r', (name === selected ? 9 : doubtful ? 8.5 : 6.5) * size);
    mark.setAttribute('x', joint.x); mark.setAttribute('y', joint.y);
    mark.setAttribute('font-size', 12 * size);
  }
  numbers.show(skeleton);
}

const say = name => P.say(`joint.${name}`);
function chip(name, action) {
  const button = P.make('button', { type: 'button', class: 'chip' }, say(name));
  button.addEventListener('click', action);
  return button;
}
function panels() {
  const doubtful = P.data.joints.filter(name => joints.joints[name].state !== 'missing' && joints.doubtful(name));
  const hidden = P.data.joints.filter(name => joints.joints[name].state === 'missing');
  $('.doubts').hidden = !doubtful.length;
  $('.doubts .chips').replaceChildren(...doubtful.map(name => chip(name, () => handles[name].group.focus())));
  $('.hidden-joints').hidden = !hidden.length;
  $('.hidden-joints .chips').replaceChildren(...hidden.map(name => chip(name, () => {
    joints.restore(name); choose(name); changed();
  })));
  const boxes = props.value.boxes || [];
  $('.others').hidden = boxes.length < 2;
  $('.others .chips').replaceChildren(...boxes.map((box, index) => {
    const button = P.make('button', { type: 'button', class: 'chip', 'aria-pressed': index === props.value.box, 'aria-label': P.say('page.figure_number', { number: index + 1 }) }, index + 1);
    button.addEventListener('click', () => another(index));
    return button;
  }));
  $('[data-tool=undo]').disabled = !joints.past.length;
  $('[data-tool=redo]').disabled = !joints.future.length;
  showSelected();
  table.show(joints.joints);
}
function showSelected() {
  $('.chosen').hidden = !selected || joints.joints[selected].state === 'missing';
  if ($('.chosen').hidden) return;
  $('.chosen h3').textContent = say(selected);
  $('[data-act=confirm]').hidden = !joints.doubtful(selected);
  const bone = P.data.bones.find(each => each.end === selected && /arm|thigh|shin|hand|foot/.test(each.part));
  const button = $('[data-act=viewer]');
  button.hidden = !bone;
  if (bone) {
    button.textContent = P.say('page.points_at_viewer', { part: P.partName(bone.part) });
    button.setAttribute('aria-pressed', joints.foreshortened.includes(bone.part));
    button.dataset.of = bone.part;
  }
}
const table = new P.JointTable($('.twin tbody'), (name, axis, value) => {
  if (value === null) { joints.hide(name); return changed(); }
  joints.begin();
  const old = joints.joints[name].state === 'missing' ? { x: joints.size[0] / 2, y: joints.size[1] / 2 } : joints.joints[name];
  joints.move(name, axis === 'x' ? value : old.x, axis === 'y' ? value : old.y);
  changed();
});
const numbers = new P.Numbers($('.numbers'), $('.so-far'));

function changed() { paint(); panels(); showPicture(); showCrowd(); publish('release'); }
function choose(name) {
  selected = name;
  paint();
  showSelected();
}

// --- pointers: one drags a joint or pans, two pinch -----------------------------------------------------------
const pointers = new Map();
let drag = null;
const place = event => {
  const box = figure.getBoundingClientRect();
  return { x: view.x + (event.clientX - box.left) * unit(), y: view.y + (event.clientY - box.top) * unit() };
};
function nearest(p, reach) {
  let best = null;
  for (const name of P.data.joints) {
    const joint = P.present(joints.skeleton(), name);
    const distance = joint ? Math.hypot(joint.x - p.x, joint.y - p.y) / unit() : Infinity;
    if (distance < reach) { reach = distance; best = name; }
  }
  return best;
}
function zoom(factor, centre) {
  const limit = Math.max(...joints.size);
  const w = Math.min(Math.max(view.w * factor, limit / 12), limit * 2.5), ratio = w / view.w;
  view = { w, h: view.h * ratio, x: centre.x - (centre.x - view.x) * ratio, y: centre.y - (centre.y - view.y) * ratio };
  showView(); paint();
}
figure.addEventListener('pointerdown', event => {
  if (!joints) return;
  figure.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, event);
  if (pointers.size > 1) { drag = null; return; }
  const p = place(event), name = nearest(p, event.pointerType === 'mouse' ? 18 : 28);
  if (name) {
    const joint = joints.joints[name];
    joints.begin();
    choose(name);
    handles[name].group.focus({ preventScroll: true });
    P.state.drag_ms = [];
    drag = { name, dx: joint.x - p.x, dy: joint.y - p.y, moved: false, touch: event.pointerType !== 'mouse' };
  } else {
    drag = { from: p, at: [event.clientX, event.clientY], moved: false };
  }
  event.preventDefault();
});
figure.addEventListener('pointermove', event => {
  if (!joints || !view) return;
  if (!pointers.has(event.pointerId)) return hover(event);
  const before = [...pointers.values()];
  pointers.set(event.pointerId, event);
  if (pointers.size === 2) {
    const after = [...pointers.values()];
    const gap = pair => Math.hypot(pair[0].clientX - pair[1].clientX, pair[0].clientY - pair[1].clientY);
    const middle = pair => place({ clientX: (pair[0].clientX + pair[1].clientX) / 2, clientY: (pair[0].clientY + pair[1].clientY) / 2 });
    const from = middle(before), to = middle(after);
    view = { ...view, x: view.x + from.x - to.x, y: view.y + from.y - to.y };
    zoom(gap(before) / Math.max(1, gap(after)), from);
  } else if (drag && drag.name) {
    const started = performance.now(), p = place(event);
    drag.moved = true;
    joints.move(drag.name, p.x + drag.dx, p.y + drag.dy, locked);
    paint();
    showTag(drag.name);
    if (drag.touch) magnify(drag.name);
    P.state.drag_ms.push(performance.now() - started);
  } else if (drag) {
    const p = place(event);
    drag.moved ||= Math.hypot(event.clientX - drag.at[0], event.clientY - drag.at[1]) > 5;
    view = { ...view, x: view.x + drag.from.x - p.x, y: view.y + drag.from.y - p.y };
    showView();
  }
});
function lift(event) {
  if (!pointers.delete(event.pointerId) || !drag) return;
  if (drag.name && drag.moved) changed();
  else if (drag.name) joints.past.pop();
  else if (!drag.moved && others().at(drag.from) !== null) another(others().at(drag.from));
  drag = null;
  loupe.classList.remove('shown');
  tag.classList.remove('shown');
}
figure.addEventListener('pointerup', lift);
figure.addEventListener('pointercancel', lift);
figure.addEventListener('wheel', event => {
  if (!joints) return;
  event.preventDefault();
  zoom(event.deltaY > 0 ? 1.12 : 1 / 1.12, place(event));
}, { passive: false });

function hover(event) {
  const name = nearest(place(event), 18);
  figure.classList.toggle('over', Boolean(name));
  if (name) showTag(name); else tag.classList.remove('shown');
}
function showTag(name) {
  const joint = joints.joints[name];
  tag.textContent = say(name);
  tag.style.left = `${(joint.x - view.x) / unit()}px`;
  tag.style.top = `${(joint.y - view.y) / unit()}px`;
  tag.classList.add('shown');
}
// Under a finger the joint cannot be seen: show it enlarged beside.
function magnify(name) {
  const joint = joints.joints[name], reach = 40 * unit();
  if (!loupe.firstChild) { scene.id = 'editor-scene'; P.draw('use', { href: '#editor-scene' }, loupe); }
  loupe.setAttribute('viewBox', [joint.x - reach, joint.y - reach, 2 * reach, 2 * reach].join(' '));
  loupe.classList.add('shown');
}

// --- keys and buttons --------------------------------------------------------------------------------------------
const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
document.addEventListener('keydown', event => {
  if (!joints || P.state.view !== 'check' || P.state.step !== 2 || /INPUT|SELECT/.test(event.target.tagName)) return;
  const key = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && (key === 'z' || key === 'y')) {
    tools[key === 'y' || event.shiftKey ? 'redo' : 'undo']();
  } else if (!selected || !event.target.closest('svg.figure')) {
    return;
  } else if (arrows[event.key]) {
    const [dx, dy] = arrows[event.key], step = event.shiftKey ? 10 : 1, joint = joints.joints[selected];
    joints.begin();
    joints.move(selected, joint.x + dx * step, joint.y + dy * step, locked);
    changed();
  } else if (key === 'h') {
    joints.hide(selected); changed();
  } else if (key === 'n' || key === 'p') {
    const there = P.data.joints.filter(name => joints.joints[name].state !== 'missing');
    const next = there.at((there.indexOf(selected) + (key === 'n' ? 1 : -1)) % there.length);
    choose(next);
    handles[next].group.focus();
  } else {
    return;
  }
  event.preventDefault();
});
const middle = () => ({ x: view.x + view.w / 2, y: view.y + view.h / 2 });
const tools = {
  undo: () => joints.undo() && changed(),
  redo: () => joints.redo() && changed(),
  in: () => zoom(1 / 1.3, middle()),
  out: () => zoom(1.3, middle()),
  fit: () => { fit(); paint(); },
  swap: () => { joints.swapSides(); changed(); },
  mirror: () => { joints.mirror(); changed(); },
  lock: () => { locked = !locked; $('[data-tool=lock]').setAttribute('aria-pressed', locked); },
  reset: () => { joints.reset(); changed(); },
};
const acts = {
  confirm: () => { joints.begin(); joints.confirm(selected); changed(); },
  hide: () => { joints.hide(selected); changed(); },
  viewer: button => { joints.toggleForeshortened(button.dataset.of); changed(); },
  check: () => { P.wait('page.checking'); publish('check'); },
};
element.addEventListener('click', event => {
  const button = event.target.closest('[data-tool], [data-act]');
  if (!button || !joints) return;
  if (button.dataset.tool) tools[button.dataset.tool](); else acts[button.dataset.act](button);
});

// --- a figure arrives: from Python (a picture's joints), from the page (a pose to start from) or from before a reload
function open(value, kept = null) {
  P.wait(null);
  if (!value.skeleton) return P.problem(value.problem);
  P.state.file = value.image;
  P.state.image = P.state.upright = kept ? kept.picture : value.image && value.image.url;
  P.state.figure = kept ? kept.number : Date.now();
  joints = new P.Joints(value.skeleton, value.foreshortened);
  joints.drawn = Boolean(P.state.image);
  if (kept) joints.read(kept.now);
  selected = null;
  P.state.reached = 2;
  P.go('check', 2);
  P.problem(value.problem);
  numbers.forget();
  requestAnimationFrame(() => { fit(); build(); panels(); P.tell('figure'); });
  publish('release');
  if (kept) return bringBack(kept);
  if (value.image && !value.boxes.length) trigger('around', {});
  P.Kept.keep(joints, P.state.figure, null);
  if (value.image) P.Files.dataUrl(value.image.url).then(data => P.Kept.keep(joints, P.state.figure, data)).catch(() => {});
}
// After a reload the server has forgotten the picture: it is sent again while the joints are there already.
async function bringBack({ picture: kept }) {
  if (!kept) return;
  const sent = await P.Files.send(P.Files.fromDataUrl(kept), upload);
  if (sent.problem) return P.problem(P.everywhere(sent.problem));
  P.state.file = sent;
  props.value = { ...props.value, image: sent };
}
watch('value', () => {
  const value = props.value;
  if (!value || (value.asked && value.asked !== P.state.asked)) return;  // an older upload's joints, or none
  if (value.skeleton || value.problem) open(value);
});
P.on('open', value => { props.value = value; open(value); });
P.on('measured', answer => {
  if (!joints || answer.revision !== revision) return;  // moved on meanwhile
  numbers.take(answer);
  numbers.show(joints.skeleton());
});
P.on('around', ({ boxes, asked }) => {
  if (!joints || !boxes || asked !== P.state.asked) return;
  props.value = { ...props.value, boxes };
  showCrowd();
  panels();
});
P.on('step', () => { if (joints && P.state.step === 2) requestAnimationFrame(() => { fit(); paint(); }); });
P.onLanguage(element, () => { if (joints) { paint(); panels(); } numbers.say(); });
new ResizeObserver(() => { if (joints && figure.clientWidth) { fit(); paint(); } }).observe(figure);

const before = P.Kept.read();
if (before) {
  const { joints: found, foreshortened } = JSON.parse(before.found);
  const skeleton = { format: 'proportion-skeleton/1', image_size: before.size, joints: found };
  props.value = { image: null, skeleton, boxes: [], box: 0, foreshortened };
  open(props.value, before);
}
