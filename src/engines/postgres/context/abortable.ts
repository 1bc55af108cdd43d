/** Waits no longer than until the signal is aborted, and then throws its reason; what comes after that goes to `discard`. */
export async function abortable<T>(
  coming: Promise<T>,
  signal: AbortSignal | undefined,
  discard: (value: T) => void,
): Promise<T> {
  if (signal === undefined) return coming
  let abort: () => void = () => {}
  const aborted = new Promise<never>((_, reject) => {
    abort = () => {
      coming.then(discard, () => {})
      reject(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
  })
  try {
    return await Promise.race([coming, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
