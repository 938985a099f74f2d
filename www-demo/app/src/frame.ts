const LONGEST_WAIT_MS = 100;

/** Runs `work` once, before the next frame; a hidden page gets no frames, so there a timer runs it. */
export function beforeNextFrame(work: () => void): void {
  const once = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    work();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, LONGEST_WAIT_MS);
}
