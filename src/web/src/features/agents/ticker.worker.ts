/** A timer that the browser does not slow down in a tab that is not looked at: heartbeats depend on it. */
const everyMs = 3_000;
setInterval(() => postMessage("tick"), everyMs);
