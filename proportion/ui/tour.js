// A short tour on the first visit. It stands aside: the page works meanwhile, and whoever starts has no need of it.
const P = window.Proportion, SEEN = 'proportion.tour';
const $ = selector => element.querySelector(selector);
const STOPS = [
  ['page.tour_drawing', '.step-one .drop'],
  ['page.tour_joints', '.steps [data-step="2"]'],
  ['page.tour_result', '.steps [data-step="3"]'],
  ['page.tour_teachers', '.top [data-go=demonstrate]'],
];
let at = null;

function show() {
  for (const node of document.querySelectorAll('.tour-here')) node.classList.remove('tour-here');
  $('.tour').hidden = at === null;
  if (at === null) return;
  const [text, target] = STOPS[at];
  $('.count').textContent = `${at + 1}/${STOPS.length}`;
  $('.stop').textContent = P.say(text);
  $('[data-act=next] span').textContent = P.say(at === STOPS.length - 1 ? 'page.tour_done' : 'page.tour_next');
  document.querySelector(target)?.classList.add('tour-here');
}
function end() {
  if (at === null) return;
  at = null;
  P.remember(SEEN, 'seen');
  show();
}
function next() {
  if (at === STOPS.length - 1) return end();
  at += 1;
  show();
}
element.addEventListener('click', event => {
  const act = event.target.closest('[data-act]')?.dataset.act;
  if (act === 'skip') end();
  if (act === 'next') next();
});
document.addEventListener('keydown', event => { if (event.key === 'Escape') end(); });
P.on('step', () => { if (P.state.view !== 'check' || P.state.step > 1) end(); });
P.on('tour', () => { P.go('check', 1); at = 0; show(); $('[data-act=next]').focus(); });
if (!P.remembered(SEEN)) at = 0;
P.onLanguage(element, show);
