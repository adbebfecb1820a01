// The visitor's place in the queue. Gradio writes it over the view that waits ("queue: 3/8 | 2.1/4.0s"), in English
// only; the page hides that (queue.css) and says it where it says everything that it waits for.
(() => {
  const P = window.Proportion;
  const PLACE = /queue:\s*(\d+)\/\d+/;
  const trackers = () => [...document.querySelectorAll('[data-testid="status-tracker"]')];

  function read() {
    const waiting = document.querySelector('.wait:not([hidden]) span');
    if (!waiting) return;
    if (trackers().some(each => each.querySelector('.error'))) {  // the queue is full, or the connection broke
      P.wait(null);
      P.problem(P.everywhere('page.busy'));
      return;
    }
    const place = trackers().map(each => PLACE.exec(each.textContent)).find(Boolean)?.[1];
    const text = place && P.say('page.in_queue', { place });
    if (text && waiting.textContent !== text) waiting.textContent = text;
  }
  new MutationObserver(read).observe(document, { childList: true, characterData: true, subtree: true });
})();
