// For teachers: a drawn figure with one part changed, what the app says to it, a quiz and lessons. Event: 'redraw'.
const P = window.Proportion;
const $ = selector => element.querySelector(selector);
const wish = { figure: null, part: 'head', factor: 1, number: 0 };
let shown = null, revealed = true, quiz = false;

function ask(change) {
  Object.assign(wish, change, { number: wish.number + 1 });
  props.value = { ...wish };
  trigger('redraw', {});
  controls();
}
function controls() {
  $('.part').value = wish.part;
  $('input[type=range]').value = 100 * wish.factor;
  $('.slider output').textContent = `${Math.round(100 * wish.factor)}%`;
  $('[data-act=reveal]').setAttribute('aria-pressed', revealed);
  for (const hidden of ['.verdicts', '.making']) $(hidden).hidden = !revealed;
}

// --- what is seen ---------------------------------------------------------------------------------------------
function render() {
  controls();
  if (!shown) return;
  const svg = $('.show'), [w, h] = shown.skeleton.image_size;
  svg.setAttribute('viewBox', `0 0 ${w} ${h}`);
  svg.replaceChildren();
  P.draw('image', { href: shown.picture, x: 0, y: 0, width: w, height: h }, svg);
  if (revealed && shown.heat) P.draw('image', { href: shown.heat, x: 0, y: 0, width: w, height: h, preserveAspectRatio: 'none', class: 'heat' }, svg);
  if (revealed) P.drawBones(svg, shown.skeleton, { colour: '#1c2430', kind: 'thin' });
  const list = $('.verdicts .list');
  list.replaceChildren(...shown.report.findings.slice(0, 3).map(row => P.make('p', { class: 'said' }, P.pick(row.text))));
  if (!list.childElementCount) list.append(P.make('p', { class: 'said' }, shown.report.good.map(row => P.pick(row.text)).join(' ')));
}
function choices() {
  $('.part').replaceChildren(...P.data.bones.map(({ part }) => P.make('option', { value: part }, P.partName(part))));
  const { figures = [], lessons = [] } = props.shelf || {};
  $('.lessons').replaceChildren(...lessons.map(lesson => {
    const button = P.make('button', { type: 'button', class: 'chip' }, P.say(`page.lesson_${lesson.name}`));
    button.addEventListener('click', () => { quiz = false; say(''); revealed = true; ask({ part: lesson.part, factor: lesson.factor }); });
    return button;
  }));
  $('.figures').replaceChildren(...figures.map(({ name, thumbnail }, index) => {
    const label = P.say('page.figure_number', { number: index + 1 });
    const button = P.make('button', { type: 'button', class: 'tile', 'aria-label': label, title: label, 'aria-pressed': name === wish.figure });
    button.append(P.make('img', { src: thumbnail, alt: '' }));
    button.addEventListener('click', () => { quiz = false; say(''); ask({ figure: name }); choices(); });
    return button;
  }));
  render();
}

// --- the quiz: one mistake somewhere; the class points at it -------------------------------------------------------
const say = text => { $('.guess').textContent = text; };
function random() {
  const parts = P.data.bones.map(bone => bone.part).filter(part => part !== 'neck');
  quiz = true;
  revealed = false;
  say(P.say('page.quiz_question'));
  ask({ part: parts[Math.floor(Math.random() * parts.length)], factor: Math.random() < 0.5 ? 0.6 : 1.5 });
}
function guess(event) {
  if (!quiz || revealed || !shown) return;
  const matrix = $('.show').getScreenCTM().inverse(), at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
  let best = null, least = Infinity;
  for (const { part, start, end } of P.data.bones) {
    const a = P.point(shown.skeleton, start), b = P.point(shown.skeleton, end);
    if (!a || !b) continue;
    const [dx, dy] = [b.x - a.x, b.y - a.y], length = dx * dx + dy * dy || 1;
    const t = Math.max(0, Math.min(1, ((at.x - a.x) * dx + (at.y - a.y) * dy) / length));
    const distance = Math.hypot(at.x - a.x - t * dx, at.y - a.y - t * dy);
    if (distance < least) { least = distance; best = part; }
  }
  if (best !== wish.part) return say(P.say('page.quiz_wrong', { part: P.partName(best) }));
  reveal();
}
function reveal() {
  revealed = true;
  if (quiz) say(P.say(wish.factor > 1 ? 'page.quiz_more' : 'page.quiz_less', { part: P.partName(wish.part) }));
  quiz = false;
  render();
}
$('.show').addEventListener('click', guess);

const acts = {
  quiz: random,
  reveal: () => { if (revealed) { revealed = false; render(); } else reveal(); },
  big: button => button.setAttribute('aria-pressed', document.body.classList.toggle('big-screen')),
  right: () => ask({ factor: 1 }),
};
element.addEventListener('click', event => {
  const button = event.target.closest('[data-act]');
  if (button) acts[button.dataset.act](button);
});
$('.part').addEventListener('change', event => ask({ part: event.target.value, factor: 1 }));
$('input[type=range]').addEventListener('input', event => ask({ factor: event.target.value / 100 }));

watch('value', () => {
  const value = props.value;
  if (!value || (value.number !== undefined && value.number !== wish.number)) return;
  if (value.problem) return P.problem(value.problem);
  shown = value;
  render();
});
watch('shelf', choices);
P.on('step', () => {
  if (P.state.view !== 'demonstrate' || shown || !props.shelf?.figures.length) return;
  ask({ figure: props.shelf.figures[0].name, part: 'head', factor: 1.4 });
  choices();
});
P.onLanguage(element, choices);
