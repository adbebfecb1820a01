"""More than one machine, by Ray (extra ``cluster``): the app's checks, `batch` and `synthesize`."""
