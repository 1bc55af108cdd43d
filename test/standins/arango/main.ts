import { startArangoStandIn } from './start.ts'

// The program that a test run starts: `node main.ts <port> [<folder>]`, with root's password in ARANGO_ROOT_PASSWORD. With a folder
// it keeps its data there.
const [port = '0', directory] = process.argv.slice(2)
const { url } = await startArangoStandIn({
  port: Number(port),
  rootPassword: process.env.ARANGO_ROOT_PASSWORD ?? '',
  ...(directory === undefined ? {} : { directory }),
})
process.stdout.write(`${url}\n`)
