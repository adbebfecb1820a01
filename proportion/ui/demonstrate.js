// For teachers: a drawn figure with one thing changed, what the app says to it, a quiz and lessons. Event: 'redraw'.
const P = window.Proportion;
const $ = selector => element.querySelector(selector);
const wish = { figure: null, piece: 'head', factor: 1, viewer: false, mistake: null, number: 0 };
let shown = null, revealed = true, quiz = false;
const pieces = () => props.shelf?.pieces || {};
let asking = () => '';  // says its line again in another language
const say = line => { asking = line; $('.guess').textContent = line(); };

function ask(change) {
  Object.assign(wish, { mistake: null }, change, { number: wish.number + 1 });
  if (!shown) P.wait('page.getting_ready');
  send();
  controls();
}
// One question at a time: an answer takes the question's place, so a question asked meanwhile would be lost.
let askedAt = -Infinity;
function send() {
  if (performance.now() - askedAt < 10000) return;
  askedAt = performance.now();
  props.value = { ...wish };
  trigger('redraw', {});
}
function show(change) {  // no quiz any more: everything is to be seen
  quiz = false;
  revealed = true;
  say(() => '');
  ask(change);
}
function controls() {
  const limb = /^(left|right)_(arm|leg)$/.test(wish.piece);
  $('.part').value = wish.piece;
  const [least, most] = props.shelf?.ranges[wish.piece] || [wish.factor, wish.factor];
  Object.assign($('input[type=range]'), { min: 100 * least, max: 100 * most, value: 100 * wish.factor });
  $('.slider output').textContent = `${Math.round(100 * wish.factor)}%`;
  $('.viewer').checked = wish.viewer;
  $('.check').hidden = !limb;
  $('[data-act=reveal]').textContent = P.say(revealed ? 'page.hide_answer' : 'page.reveal');
  for (const part of element.querySelectorAll('.answer')) part.hidden = !revealed;
  $('.guesses').hidden = !quiz || revealed;
  for (const tile of element.querySelectorAll('.figures .tile')) tile.setAttribute('aria-pressed', tile.dataset.figure === wish.figure);
}

// --- what is seen ---------------------------------------------------------------------------------------------
function render() {
  controls();
  if (!shown) return;
  const svg = $('.show'), [w, h] = shown.skeleton.image_size;
  svg.setAttribute('viewBox', `0 0 ${w} ${h}`);
  svg.replaceChildren();
  P.draw('image', { href: shown.picture, x: 0, y: 0, width: w, height: h }, svg);
  if (!revealed) return;
  if (shown.heat) P.draw('image', { href: shown.heat, x: 0, y: 0, width: w, height: h, preserveAspectRatio: 'none', class: 'heat' }, svg);
  P.drawBones(svg, shown.original, { colour: 'var(--ghost)', kind: 'ghost', unlike: shown.skeleton });
  P.drawBones(svg, shown.skeleton, { colour: '#1c2430', kind: 'thin' });
  verdict();
}
function verdict() {
  const { findings, good, unsure } = shown.report, changed = pieces()[shown.piece] || [];
  const percent = Math.round(100 * shown.factor), right = percent === 100;
  $('.changed').textContent = right ? P.say('page.nothing_changed') : P.say('page.changed', { part: pieceName(shown.piece), percent });
  const said = findings.slice(0, 3).map(row => P.pick(row.text));
  if (shown.viewer) said.push(P.say('page.foreshortening_is_right'));
  else if (!right && !findings.some(row => changed.includes(row.part))) said.push(P.say('page.lets_pass'));
  if (!findings.length) said.push(...good.map(row => P.pick(row.text)));
  $('.verdicts').classList.toggle('fine', !findings.length);
  $('.verdicts .list').replaceChildren(...said.map(text => P.make('p', { class: 'said' }, text)));
}
const pieceName = piece => P.data.texts[P.language][`page.piece_${piece}`] || P.partName(piece);

function choices() {
  const { figures = [], lessons = [] } = props.shelf || {};
  $('.part').replaceChildren(...Object.keys(pieces()).map(piece => P.make('option', { value: piece }, pieceName(piece))));
  $('.lessons').replaceChildren(...lessons.map(({ name, figure, piece, factor, viewer }) => {
    const button = P.make('button', { type: 'button', class: 'chip', 'data-lesson': name }, P.say(`page.lesson_${name}`));
    button.addEventListener('click', () => show({ figure, piece, factor, viewer }));
    return button;
  }));
  $('.figures').replaceChildren(...figures.map(({ name, thumbnail }, index) => {
    const label = P.say('page.figure_number', { number: index + 1 });
    const button = P.make('button', { type: 'button', class: 'tile', 'aria-label': label, title: label, 'data-figure': name });
    button.append(P.make('img', { src: thumbnail, alt: '' }));
    button.addEventListener('click', () => (quiz ? random(name) : show({ figure: name })));
    return button;
  }));
  const kinds = [...new Set(P.data.bones.map(({ part }) => kind(part)))].filter(each => !['neck', 'foot'].includes(each));
  $('.guesses .chips').replaceChildren(...kinds.map(each => {
    const name = () => P.say(`page.plain_${each}`), button = P.make('button', { type: 'button', class: 'chip', 'data-guess': each }, name());
    button.addEventListener('click', () => guess(part => kind(part) === each, name));
    return button;
  }));
  say(asking);
  render();
}

// --- the quiz: one mistake somewhere; the class points at it or names it -------------------------------------------
const kind = part => part.replace(/^(left|right)_/, '');
function random(figure = wish.figure) {
  quiz = true;
  revealed = false;
  say(() => P.say('page.quiz_question'));
  ask({ figure, viewer: false, mistake: Math.floor(Math.random() * 1e9) });
}
function guess(matches, name) {
  if (!(pieces()[shown.piece] || []).some(matches)) return say(() => P.say('page.quiz_wrong', { part: name() }));
  reveal();
}
function partAt({ clientX, clientY }) {
  const matrix = $('.show').getScreenCTM().inverse(), at = new DOMPoint(clientX, clientY).matrixTransform(matrix);
  let best = null, least = Infinity;
  for (const { part, start, end } of P.data.bones) {
    const a = P.point(shown.skeleton, start), b = P.point(shown.skeleton, end);
    if (!a || !b) continue;
    const [dx, dy] = [b.x - a.x, b.y - a.y], length = dx * dx + dy * dy || 1;
    const t = Math.max(0, Math.min(1, ((at.x - a.x) * dx + (at.y - a.y) * dy) / length));
    const distance = Math.hypot(at.x - a.x - t * dx, at.y - a.y - t * dy);
    if (distance < least) { least = distance; best = part; }
  }
  return best;
}
$('.show').addEventListener('click', event => {
  if (!shown) return;
  const part = partAt(event);
  if (quiz && !revealed) guess(each => each === part, () => P.partName(part));
  else if (revealed) show({ piece: part, factor: 1, viewer: false });
});
function reveal() {
  revealed = true;
  const { piece, factor } = shown;
  if (quiz) say(() => P.say(factor > 1 ? 'page.quiz_more' : 'page.quiz_less', { part: pieceName(piece) }));
  quiz = false;
  render();
}

function bigScreen(button, big) {
  document.body.classList.toggle('big-screen', big);
  button.setAttribute('aria-pressed', big);
}
document.addEventListener('fullscreenchange', () => { if (!document.fullscreenElement) bigScreen($('[data-act=big]'), false); });

const acts = {
  quiz: () => random(),
  reveal: () => { if (revealed) { revealed = false; say(() => ''); render(); } else reveal(); },
  big: button => {
    const big = !document.body.classList.contains('big-screen');
    bigScreen(button, big);
    // Where it is not allowed (in some frames) the large type alone must do.
    if (big && document.fullscreenEnabled) document.documentElement.requestFullscreen();
    if (!big && document.fullscreenElement) document.exitFullscreen();
  },
  right: () => show({ factor: 1, viewer: false }),
};
element.addEventListener('click', event => {
  const button = event.target.closest('[data-act]');
  if (button) acts[button.dataset.act](button);
});
$('.part').addEventListener('change', event => show({ piece: event.target.value, factor: 1, viewer: false }));
$('input[type=range]').addEventListener('input', event => show({ factor: event.target.value / 100 }));
$('.viewer').addEventListener('change', event => show({ viewer: event.target.checked, factor: wish.factor === 1 ? 0.5 : wish.factor }));

watch('value', () => {
  const value = props.value;
  if (!value?.report && !value?.problem) return;
  askedAt = -Infinity;
  if (!shown) P.wait(null);
  if (value.problem) return P.problem(value.problem);
  shown = value;
  if (value.number === wish.number) Object.assign(wish, { piece: value.piece, factor: value.factor, viewer: value.viewer });
  else send();
  render();
});
function begin() {
  const [lesson] = props.shelf?.lessons || [];
  if (P.state.view === 'demonstrate' && !wish.figure && lesson) show({ figure: lesson.figure, piece: lesson.piece, factor: lesson.factor });
}
watch('shelf', () => { choices(); begin(); });
P.on('step', begin);
P.onLanguage(element, choices);
