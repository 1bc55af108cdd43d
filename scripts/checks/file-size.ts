import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { report } from '../support/problems.ts'
import { root, textOf, trackedFiles } from '../support/repository.ts'

const mostBytes = 1_000_000
const mostLines = 300
// The stories of one command stand in one test file.
const mostTestLines = 600

const problems = await Promise.all(
  (await trackedFiles()).map(async (path) => {
    const { size } = await stat(join(root, path))
    if (size > mostBytes) return [`${path}: ${size} bytes, at most ${mostBytes}`]
    // What buf makes of proto/ is as long as the contract.
    if (!/\.([cm]?[jt]s|sql)$/.test(path) || path.startsWith('src/server/contract/')) return []
    const lines = (await textOf(path)).split('\n').length - 1
    const most = path.startsWith('test/') ? mostTestLines : mostLines
    return lines > most ? [`${path}: ${lines} lines, at most ${most}`] : []
  }),
)
report(problems.flat())
