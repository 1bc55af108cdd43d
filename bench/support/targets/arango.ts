import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { arango } from '../../../src/engines/arango/engine.ts'
import type { BenchStore } from '../stores/servers.ts'

const main = fileURLToPath(new URL('../../../test/standins/arango/main.ts', import.meta.url))

/** The tests' stand-in, a process of its own that keeps everything in memory. There is no ArangoDB to install beside the others. */
export async function startArango(): Promise<BenchStore> {
  const password = randomBytes(16).toString('base64url')
  const running = execa(process.execPath, [main, '0'], {
    env: { ARANGO_ROOT_PASSWORD: password },
    stdio: ['ignore', 'pipe', 'inherit'],
    buffer: false,
    reject: false,
  })
  return {
    engine: arango,
    settings: { url: await printedUrl(running.stdout), user: 'root', password },
    description: 'stand-in',
    async stop() {
      running.kill('SIGTERM')
      await running
    },
  }
}

async function printedUrl(output: AsyncIterable<Buffer>): Promise<string> {
  let text = ''
  for await (const chunk of output) {
    text += chunk.toString()
    const found = /^(http:\S+)\n/.exec(text)
    if (found?.[1] !== undefined) return found[1]
  }
  throw new Error(`the stand-in of ArangoDB ended before it was ready: ${text}`)
}
