import { connect } from 'node:net'

// For the first byte; and for the next, which is another answer where the router took the request for two.
const answerMs = 5_000
const moreMs = 400

/** Sends these lines as the head of a request, and returns everything that comes back until the router is done with them. */
export function sendRaw(port: number, head: readonly string[], message: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`${head.join('\r\n')}\r\n\r\n`)
      socket.write(message)
    })
    const done = (): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(answerMs, done)
    socket.on('data', (chunk) => {
      socket.setTimeout(moreMs)
      answer += chunk.toString('latin1')
    })
    socket.on('end', done).on('error', done)
  })
}
