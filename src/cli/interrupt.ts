// Ctrl-C while a command waits for an answer: the wait ends at once, the answer is nobody's. What is changed by calls is not
// waited for in this way.

/** Settles as `wait` does, or rejects with the signal's reason as soon as that is aborted. */
export async function untilAborted<T>(signal: AbortSignal, wait: Promise<T>): Promise<T> {
  // Whoever comes too late fails unheard: the engine is closed under it.
  wait.catch(() => undefined);
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([wait, aborted]);
  } finally {
    signal.removeEventListener('abort', stop!);
  }
}
