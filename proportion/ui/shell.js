// The frame of the page: name, views, steps, language, light or dark, and the one place for problems and waiting.
const P = window.Proportion;
const $ = selector => element.querySelector(selector);

element.addEventListener('click', event => {
  const button = event.target.closest(':is(a, button):is([data-go], [data-step])');
  if (!button) return;
  event.preventDefault();
  if (button.dataset.go) P.go(button.dataset.go);
  else P.go('check', Number(button.dataset.step));
});

const language = $('.language');
language.value = P.language;
language.addEventListener('change', () => P.setLanguage(language.value));

const dark = window.matchMedia('(prefers-color-scheme: dark)');
const shade = () => document.body.classList.toggle('dark', (P.remembered('proportion.shade') || (dark.matches ? 'dark' : 'light')) === 'dark');
dark.addEventListener('change', shade);
$('.shade').addEventListener('click', () => {
  P.remember('proportion.shade', document.body.classList.contains('dark') ? 'light' : 'dark');
  shade();
});
shade();

const current = (button, kind, yes) => (yes ? button.setAttribute('aria-current', kind) : button.removeAttribute('aria-current'));
function steps() {
  $('.steps').hidden = P.state.view !== 'check';
  for (const button of element.querySelectorAll('[data-step]')) {
    const step = Number(button.dataset.step);
    button.disabled = step > P.state.reached;
    current(button, 'step', step === P.state.step);
    button.classList.toggle('done', step < P.state.step);
  }
  for (const button of element.querySelectorAll('nav [data-go]')) current(button, 'page', button.dataset.go === P.state.view);
}
P.on('step', steps);

let shownProblem = null, shownWait = null;
function notices() {
  $('.problem').hidden = !shownProblem;
  $('.problem p').textContent = P.pick(shownProblem);
  $('.wait').hidden = !shownWait;
  $('.wait span').textContent = shownWait ? P.say(shownWait) : '';
}
P.on('problem', texts => { shownProblem = texts; notices(); if (texts) $('.problem').scrollIntoView({ block: 'nearest' }); });
P.on('wait', key => { shownWait = key; notices(); });
$('.problem button').addEventListener('click', () => P.problem(null));

// A first visit's tour: one hint a step of the way, in nobody's way and quickly sent off.
let heard = P.remembered('proportion.tour') || '';
function tour() {
  const due = P.state.view === 'check' && heard !== 'done' && !heard.includes(P.state.step) && (P.state.step < 3 || P.state.findings > 0);
  $('.tour').hidden = !due;
  if (due) $('.tour p').textContent = P.say(`page.tour_${P.state.step}`);
}
$('.tour').addEventListener('click', event => {
  const act = event.target.closest('[data-tour]')?.dataset.tour;
  if (!act) return;
  heard = act === 'skip' ? 'done' : heard + P.state.step;
  P.remember('proportion.tour', heard);
  tour();
});
P.on('step', tour);
P.on('tour', () => { heard = ''; P.go('check', 1); });

P.onLanguage(element, () => { notices(); tour(); });
P.go('check', P.state.step);
P.setLanguage(P.language);
