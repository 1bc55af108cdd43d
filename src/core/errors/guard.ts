import { ExitCode } from '../exit-codes.ts'
import { define } from './define.ts'

/** Statements that `dbsvc serve` does not run. */
export const guardErrors = {
  'DBS-2201': define<{ reason: string; position: number }>({
    exit: ExitCode.Usage,
    summary: 'A statement is malformed.',
    message: ({ reason, position }) => `the statement is malformed at character ${position}: ${reason}`,
  }),
  'DBS-2202': define<{ reason: string }>({
    exit: ExitCode.Refused,
    summary: 'A statement is of a kind that companies may not run.',
    message: ({ reason }) => `the statement is refused: ${reason}`,
  }),
  'DBS-2203': define<{ reason: string }>({
    exit: ExitCode.Refused,
    summary: 'A statement writes where only reading is allowed.',
    message: ({ reason }) => `only reading is allowed here: ${reason}`,
    hint: () => 'send it to execute',
  }),
}
