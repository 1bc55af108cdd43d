import { rm } from 'node:fs/promises'
import { execa } from 'execa'

const root = new URL('..', import.meta.url)

await rm(new URL('dist', root), { recursive: true, force: true })
const { exitCode } = await execa('tsc', ['-p', 'tsconfig.build.json'], {
  cwd: root,
  preferLocal: true,
  localDir: root,
  stdio: 'inherit',
  reject: false,
})
process.exitCode = exitCode ?? 1
