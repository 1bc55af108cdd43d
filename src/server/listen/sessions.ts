import type { ServerHttp2Session } from 'node:http2'

/** The open connections of HTTP/2. */
export interface Sessions {
  add(session: ServerHttp2Session): void
  /** Says GOAWAY, waits for the streams under way, and destroys what is left after `graceMs`. */
  close(graceMs: number): Promise<void>
}

interface SessionTerms {
  /** A connection that is idle for ten times as long is closed. */
  readonly messageMs: number
}

export function openSessions({ messageMs }: SessionTerms): Sessions {
  const open = new Set<ServerHttp2Session>()
  return {
    add(session) {
      open.add(session)
      session.once('close', () => open.delete(session))
      let streams = 0
      session.setTimeout(10 * messageMs, () => {
        if (streams === 0) session.close()
      })
      session.on('stream', (stream) => {
        streams += 1
        stream.once('close', () => {
          streams -= 1
        })
      })
    },
    async close(graceMs) {
      const closing = [...open].map(
        (session) =>
          new Promise<void>((resolve) => {
            session.once('close', resolve)
            session.close()
          }),
      )
      const late = setTimeout(() => {
        for (const session of open) session.destroy()
      }, graceMs)
      await Promise.all(closing)
      clearTimeout(late)
    },
  }
}
