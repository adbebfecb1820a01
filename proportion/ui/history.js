// Earlier checks of the same visitor, to show what got better: numbers and joints only, in this tab only.
window.Proportion.History = (() => {
  const P = window.Proportion, NAME = 'proportion.history', MOST = 12;
  const all = () => { try { return JSON.parse(sessionStorage.getItem(NAME)) || []; } catch { return []; } };
  let drawing = null;  // the drawing that the newest entry belongs to

  return {
    // Keeps the report of the drawing at hand; gives the report of the drawing before it, or null.
    add({ score, findings, skeleton, style }) {
      const entries = all();
      if (drawing === P.state.figure) entries.pop();
      drawing = P.state.figure;
      const short = findings.map(({ part, kind, percent, text }) => ({ part, kind, percent, text }));
      entries.push({ score, findings: short, skeleton, style });
      try { sessionStorage.setItem(NAME, JSON.stringify(entries.slice(-MOST))); } catch { /* full */ }
      return entries.at(-2) || null;
    },
    forget() {
      try { localStorage.clear(); sessionStorage.clear(); } catch { /* private mode */ }
      drawing = null;
    },
  };
})();
