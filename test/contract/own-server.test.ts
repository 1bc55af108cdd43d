import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { ownDirectory, startServer, stopServer } from '../support/shared-server.ts'

let taker: Server | undefined
let pid: number | undefined

afterEach(async () => {
  if (pid !== undefined) await stopServer(pid)
  pid = undefined
  taker?.close()
})

const answering = (port: number): string =>
  `require('node:http').createServer((_, answer) => answer.end('ready')).listen(${port}, '127.0.0.1')`

const isReady = async ({ url }: { url: string }): Promise<boolean> => (await (await fetch(url)).text()) === 'ready'

test('a server that loses its port to another program is started on another one', async () => {
  const ports: number[] = []
  const program = async (port: number) => {
    ports.push(port)
    if (ports.length === 1) {
      taker = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1')
      await once(taker, 'listening')
    }
    return { file: process.execPath, args: ['--eval', answering(port)] }
  }
  const server = await startServer({ name: 'answering', program, isReady }, await ownDirectory('lost-port'))
  pid = server.pid
  expect(ports).toHaveLength(2)
  expect(server.port).toBe(ports[1])
})

test('one that always ends says what it said', async () => {
  const program = () => ({
    file: process.execPath,
    args: ['--eval', 'console.error("no such thing"); process.exit(1)'],
  })
  const started = startServer({ name: 'ending', program, isReady: async () => false }, await ownDirectory('ending'))
  await expect(started).rejects.toThrow(/ending ended before it was ready:\n[\s\S]*no such thing/)
})
