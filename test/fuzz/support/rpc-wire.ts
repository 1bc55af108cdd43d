import { Agent, request } from 'node:http'
import { type ClientHttp2Session, connect as connectHttp2, constants } from 'node:http2'
import type { RpcAnswer } from './rpc-answers.ts'
import type { RpcInput } from './rpc-inputs.ts'

/** A connection that calls are sent over, several at a time. */
export interface RpcConnection {
  /** Null where the call was reset, by either side. @throws there was no answer in time */
  ask(input: RpcInput, headers: Readonly<Record<string, string>>): Promise<RpcAnswer | null>
  close(): void
}

const patienceMs = 20_000

export function overHttp2(url: string): RpcConnection {
  let session: ClientHttp2Session | undefined
  const opened = (): ClientHttp2Session => {
    if (session === undefined || session.closed || session.destroyed) {
      session = connectHttp2(url)
      session.on('error', () => {})
    }
    return session
  }
  return {
    ask({ path, body, headers, resets }, own) {
      return new Promise((resolve, reject) => {
        const stream = opened().request({ ':method': 'POST', ':path': path, ...own, ...headers })
        const late = setTimeout(() => reject(new Error('no answer in time')), patienceMs)
        const answer = { status: 0, headers: {}, trailers: {} }
        const parts: Buffer[] = []
        stream.on('response', (given) => Object.assign(answer, { status: given[':status'], headers: given }))
        stream.on('trailers', (trailers) => Object.assign(answer, { trailers }))
        stream.on('data', (part: Buffer) => parts.push(part)).on('error', () => {})
        stream.once('close', () => {
          clearTimeout(late)
          resolve(answer.status === 0 ? null : { ...answer, body: Buffer.concat(parts) })
        })
        if (!resets) stream.end(body)
        else stream.write(body, () => stream.close(constants.NGHTTP2_CANCEL))
      })
    },
    close: () => session?.destroy(),
  }
}

export function overHttp1(url: string): RpcConnection {
  const agent = new Agent({ keepAlive: true })
  return {
    ask({ path, body, headers, resets }, own) {
      return new Promise((resolve, reject) => {
        const asked = request(`${url}${path}`, { method: 'POST', agent, headers: { ...own, ...headers } })
        const late = setTimeout(() => reject(new Error('no answer in time')), patienceMs)
        const end = (answer: RpcAnswer | null): void => {
          clearTimeout(late)
          resolve(answer)
        }
        asked.on('error', () => end(null))
        asked.on('response', (response) => {
          const parts: Buffer[] = []
          response.on('data', (part: Buffer) => parts.push(part)).on('error', () => end(null))
          response.on('end', () => {
            const { statusCode: status = 0, headers: given, trailers } = response
            end({ status, headers: given, trailers, body: Buffer.concat(parts) })
          })
        })
        if (!resets) asked.end(body)
        else asked.write(body, () => asked.destroy())
      })
    },
    close: () => agent.destroy(),
  }
}
