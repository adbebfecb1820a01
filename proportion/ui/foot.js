// Below every view: what happens to drawings, and the button that clears a shared computer.
const P = window.Proportion;
element.querySelector('[data-act=forget]').addEventListener('click', () => {
  try { localStorage.clear(); sessionStorage.clear(); } catch { /* private mode */ }
  location.reload();  // what views hold in memory goes too; the server removes the files of a closed tab
});
element.querySelector('[data-act=tour]').addEventListener('click', () => P.tell('tour'));
P.onLanguage(element);
