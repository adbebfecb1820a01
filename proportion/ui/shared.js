// What every view of the page shares: texts in the visitor's language, the skeleton's drawing, highlights, steps.
// `window.PROPORTION_DATA` (texts, joints, bones, colours, measures) is written into the page by page.py.
window.Proportion = (() => {
  const data = window.PROPORTION_DATA;
  const SVG = 'http://www.w3.org/2000/svg';
  const remembered = name => { try { return localStorage.getItem(name); } catch { return null; } };
  const remember = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private mode */ } };

  // --- language -------------------------------------------------------------------------------------------
  function preferredLanguage() {
    const kept = remembered('proportion.language');
    if (data.languages.includes(kept)) return kept;
    for (const wish of navigator.languages || []) {
      if (/^zh/i.test(wish)) return 'zh-Hant';
      if (/^ja/i.test(wish)) return 'ja';
      if (/^en/i.test(wish)) return 'en';
    }
    return 'en';
  }
  let language = preferredLanguage();
  const say = (key, values = {}) => {
    const text = data.texts[language][key] ?? data.texts.en[key] ?? key;
    const said = text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
    return text.startsWith('{') ? said.charAt(0).toUpperCase() + said.slice(1) : said;
  };
  const pick = texts => (texts ? texts[language] ?? texts.en : '');
  const partName = part => say(`part.${part}`);

  // Elements say their text through data-say (content), data-say-label (accessible name) or data-say-hint (title).
  function translate(root) {
    for (const node of root.querySelectorAll('[data-say]')) node.textContent = say(node.dataset.say);
    for (const node of root.querySelectorAll('[data-say-label]')) {
      node.setAttribute('aria-label', say(node.dataset.sayLabel));
      node.setAttribute('title', say(node.dataset.sayLabel));
    }
  }
  const translated = [];
  function onLanguage(element, redraw = () => {}) {
    const update = () => { translate(element); redraw(); };
    translated.push(update);
    update();
  }
  function setLanguage(next) {
    language = next;
    remember('proportion.language', next);
    document.documentElement.lang = next;
    document.title = say('page.title');
    for (const update of translated) update();
  }
  document.documentElement.lang = language;
  for (const [name, value] of Object.entries(data.styles)) document.documentElement.style.setProperty(name, value);

  // --- elements -------------------------------------------------------------------------------------------
  function make(tag, attributes = {}, text) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    if (text !== undefined) node.textContent = text;
    return node;
  }
  function draw(tag, attributes = {}, parent) {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    if (parent) parent.append(node);
    return node;
  }

  // --- skeletons: {image_size, joints: {name: {x, y, state, sigma}}} -----------------------------------------
  const present = (skeleton, name) => {
    const joint = skeleton.joints[name];
    return joint && joint.state !== 'missing' && joint.x !== null ? joint : null;
  };
  function point(skeleton, name) {
    const ends = data.derived[name];
    if (!ends) return present(skeleton, name);
    const [a, b] = ends.map(end => present(skeleton, end));
    return a && b ? { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } : null;
  }
  const apply = (matrix, p) => ({
    x: matrix[0][0] * p.x + matrix[0][1] * p.y + matrix[0][2],
    y: matrix[1][0] * p.x + matrix[1][1] * p.y + matrix[1][2],
  });
  const same = p => p;
  function bounds(skeleton, move = same) {
    const found = data.joints.map(name => present(skeleton, name)).filter(Boolean).map(move);
    const xs = found.map(p => p.x), ys = found.map(p => p.y);
    return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
  }
  // Bones as lines with a light halo, so that they are seen on dark and light drawings alike.
  // `unlike`: leave out the bones that lie where those of that other skeleton lie.
  function drawBones(parent, skeleton, { move = same, colour = null, kind = '', unlike = null } = {}) {
    const box = bounds(skeleton), near = 0.012 * Math.max(box.right - box.left, box.bottom - box.top);
    const stayed = name => {
      const a = point(skeleton, name), b = point(unlike, name);
      return a && b && Math.hypot(a.x - b.x, a.y - b.y) < near;
    };
    for (const layer of colour === 'none' ? [] : ['halo', 'bone']) {
      for (const { part, start, end } of data.bones) {
        const a = point(skeleton, start), b = point(skeleton, end);
        if (!a || !b || (unlike && stayed(start) && stayed(end))) continue;
        const from = move(a), to = move(b);
        const line = draw('line', {
          x1: from.x, y1: from.y, x2: to.x, y2: to.y, class: `${layer} ${kind}`, 'data-part': part,
        }, parent);
        if (layer === 'bone') line.style.stroke = (colour && (colour[part] || colour)) || data.colours[part];
      }
    }
  }

  // --- one lit part in every panel --------------------------------------------------------------------------
  let lit = null;
  function light(part) {
    lit = part;
    document.body.classList.toggle('has-lit', Boolean(part));
    for (const node of document.querySelectorAll('[data-part]')) node.classList.toggle('lit', node.dataset.part === part);
  }

  // --- live measures: a table of length terms, the same that Python evaluates (live.py) ------------------------
  function measure(skeleton, row) {
    const bone = part => {
      const { start, end } = data.bones.find(each => each.part === part);
      const a = point(skeleton, start), b = point(skeleton, end);
      return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : null;
    };
    const total = terms => {
      let sum = 0;
      for (const ways of terms) {  // a term is the mean over the ways that can be seen (left, right)
        const lengths = ways.map(way => way.map(bone)).filter(way => !way.includes(null))
          .map(way => way.reduce((a, b) => a + b, 0));
        if (!lengths.length) return null;
        sum += lengths.reduce((a, b) => a + b, 0) / lengths.length;
      }
      return sum;
    };
    const over = total(row.over), under = total(row.under);
    return over === null || !under ? null : row.factor * over / under;
  }

  // --- steps, problems, waiting -----------------------------------------------------------------------------
  const listeners = {};
  const on = (name, action) => (listeners[name] ??= []).push(action);
  const tell = (name, detail) => { for (const action of listeners[name] || []) action(detail); };
  const state = { view: 'check', step: 1, reached: 1, asked: 0, image: null, skeleton: null };
  function go(view, step = state.step) {
    Object.assign(state, { view, step });
    if (view === 'check') state.reached = Math.max(state.reached, step);
    document.body.dataset.view = view;
    document.body.dataset.step = step;
    document.body.classList.remove('problem-shown');
    window.scrollTo({ top: 0 });
    tell('step');
  }
  function problem(texts) {
    document.body.classList.toggle('problem-shown', Boolean(texts));
    tell('problem', texts);
  }
  let patience;
  window.addEventListener('offline', () => { if (patience) { wait(null); problem(everywhere('page.no_answer')); } });
  function wait(key) {
    clearInterval(patience);
    patience = null;
    problem(null);
    document.body.classList.toggle('waiting', Boolean(key));
    tell('wait', key);
    if (!key) return;
    const started = performance.now();
    patience = setInterval(() => {  // the networks may still be loading, or the server may be gone
      if (performance.now() - started > 60000) { wait(null); problem(everywhere('page.no_answer')); }
      else tell('wait', 'page.getting_ready');
    }, 3000);
  }
  const everywhere = key => Object.fromEntries(data.languages.map(each => [each, data.texts[each][key]]));

  return {
    data, say, pick, partName, onLanguage, setLanguage, get language() { return language; }, remember, remembered,
    make, draw, present, point, apply, bounds, drawBones, light, get lit() { return lit; }, measure,
    on, tell, state, go, problem, wait, everywhere,
  };
})();
