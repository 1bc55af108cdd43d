import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/**
 * A stub of PostgreSQL's protocol that lets everyone in and answers every query with one row: its version, 12.22. No server that
 * old can be had here. Returns its port on 127.0.0.1.
 */
export async function startOldPostgres(): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let greeted = false
    socket.on('error', () => {})
    socket.on('data', (data) => {
      if (!greeted) socket.write(Buffer.concat([message('R', int32(0)), status('server_version', '12.22'), ready]))
      else if (data[0] === 0x51) socket.write(Buffer.concat([versionRow, message('C', text('SELECT 1')), ready]))
      greeted = true
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

function message(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body])
}

const ready = message('Z', Buffer.from('I'))

const status = (name: string, value: string): Buffer => message('S', Buffer.concat([text(name), text(value)]))

/** RowDescription and DataRow of (number, version), both text. */
const versionRow = Buffer.concat([
  message('T', Buffer.concat([int16(2), ...['number', 'version'].map(describe)])),
  message('D', Buffer.concat([int16(2), ...['120022', '12.22'].map(value)])),
])

function describe(name: string): Buffer {
  const textType = 25
  return Buffer.concat([text(name), int32(0), int16(0), int32(textType), int16(-1), int32(-1), int16(0)])
}

function value(content: string): Buffer {
  return Buffer.concat([int32(content.length), Buffer.from(content)])
}

function text(content: string): Buffer {
  return Buffer.from(`${content}\0`)
}

function int16(number: number): Buffer {
  const buffer = Buffer.alloc(2)
  buffer.writeInt16BE(number)
  return buffer
}

function int32(number: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeInt32BE(number)
  return buffer
}
