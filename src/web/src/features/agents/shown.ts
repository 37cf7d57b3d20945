/**
 * Runs `told` once the browser has drawn what was last rendered: the frame's callbacks come before its painting, a message
 * posted from one of them after it. A second frame would come later by a whole frame, and much later on a busy machine.
 * Returns what takes it back.
 */
export function afterDrawing(told: () => void): () => void {
  const painted = new MessageChannel();
  painted.port1.onmessage = told;
  const frame = requestAnimationFrame(() => painted.port2.postMessage(null));
  return () => {
    cancelAnimationFrame(frame);
    painted.port1.close();
  };
}
