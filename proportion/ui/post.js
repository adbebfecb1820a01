// An answer that must not overwrite what the visitor has changed since: passed on, not shown.
watch('value', () => { if (props.value?.topic) window.Proportion.tell(props.value.topic, props.value); });
