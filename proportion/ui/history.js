// Earlier checks of the same visitor, to show what got better: kept in this browser only, until they are forgotten.
window.Proportion.History = (() => {
  const P = window.Proportion, NAME = 'proportion.history', MOST = 12, SIDE = 240;
  const all = () => { try { return JSON.parse(localStorage.getItem(NAME)) || []; } catch { return []; } };

  return {
    // The checks of other drawings than the one at hand, newest last.
    earlier: () => all().filter(entry => entry.drawing !== P.state.figure),

    // Keeps what was found in the drawing at hand, in place of what was found in it before.
    async add({ score, verdict, findings, skeleton }) {
      const drawing = P.state.figure, picture = P.state.image && await P.Files.redrawn(P.state.image, { side: SIDE });
      const short = findings.map(({ part, kind, percent, text }) => ({ part, kind, percent, text }));
      const entries = [...all().filter(entry => entry.drawing !== drawing), { drawing, score, verdict, findings: short, skeleton, picture }];
      P.remember(NAME, JSON.stringify(entries.slice(-MOST)));
    },
  };
})();
