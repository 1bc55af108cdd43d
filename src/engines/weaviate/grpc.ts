import { DbsvcError, reasonOf } from '../../core/errors/error.ts'

const patienceMs = 5_000

/**
 * Whether something speaks HTTP/2 at the gRPC address. The client library would retry for half a minute and print warnings of its own.
 * @throws DBS-1101
 */
export async function requireGrpc(url: URL, place: string): Promise<void> {
  // Of Node's own modules it is the one that takes longest to load, and every command comes by here.
  const { connect } = await import('node:http2')
  const session = connect(url)
  try {
    await new Promise<void>((resolve, reject) => {
      const patience = setTimeout(() => reject(new Error(`no answer within ${patienceMs / 1000} s`)), patienceMs)
      session.once('remoteSettings', () => resolve())
      session.once('error', reject)
      session.once('close', () => reject(new Error('closed at once: what answers there is not gRPC')))
      session.once('close', () => clearTimeout(patience))
    })
  } catch (error) {
    throw DbsvcError.of('DBS-1101', { engine: 'Weaviate over gRPC', place, reason: reasonOf(error) }, error)
  } finally {
    session.on('error', () => {})
    session.destroy()
  }
}
