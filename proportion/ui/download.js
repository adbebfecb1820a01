// A file that Python made is saved at once.
const P = window.Proportion, link = element.querySelector('a');
watch('value', () => {
  const value = props.value;
  P.wait(null);
  if (!value) return;
  if (value.problem) return P.problem(value.problem);
  link.href = value.file.url;
  link.download = value.file.orig_name || value.file.path.split('/').pop();
  link.click();
});
