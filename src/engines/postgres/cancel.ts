import pg from 'pg'

/** Where a cancel request goes, and for which session. */
export interface CancelTarget {
  readonly host: string
  readonly port: number
  readonly ssl: pg.ClientConfig['ssl']
  readonly processId: number
  readonly secretKey: number
}

/** What a session is cancelled by. pg's Client has it from BackendKeyData; its published types leave it out. */
export function backendKeyOf(client: pg.Client): Pick<CancelTarget, 'processId' | 'secretKey'> {
  const { processID, secretKey } = client as unknown as { readonly processID: number; readonly secretKey: number }
  return { processId: processID, secretKey }
}

/** The slice of pg's Connection that a cancel request uses. */
interface CancelConnection {
  readonly stream: { destroy(): void }
  connect(portOrPath: number | string, host?: string): void
  requestSsl(): void
  cancel(processId: number, secretKey: number): void
  on(event: 'connect' | 'sslconnect' | 'error' | 'end', listener: () => void): void
}

/**
 * Sends a CancelRequest on a connection of its own, encrypted as the session is. Returns true when the server has closed that
 * connection, which it does after it has signalled the session; false when that is not known within `timeoutMs`.
 */
export function requestCancel(target: CancelTarget, timeoutMs: number): Promise<boolean> {
  const { host, port, ssl = false } = target
  const connection = new pg.Connection({ ssl }) as unknown as CancelConnection
  return new Promise((resolve) => {
    let sent = false
    const finish = (closed: boolean): void => {
      clearTimeout(timer)
      resolve(closed)
      connection.stream.destroy()
    }
    const timer = setTimeout(finish, timeoutMs, false)
    const send = (): void => {
      sent = true
      connection.cancel(target.processId, target.secretKey)
    }
    connection.on('error', () => finish(false))
    connection.on('end', () => finish(sent))
    connection.on('sslconnect', send)
    connection.on('connect', ssl === false ? send : () => connection.requestSsl())
    if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`)
    else connection.connect(port, host)
  })
}
