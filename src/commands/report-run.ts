import type { RunEvent } from '../core/run/event.ts'
import { openReporter } from '../output/progress/reporter.ts'
import type { CommandContext } from './command.ts'

/** Shows what `work` tells while it goes. Whatever is printed or thrown after it finds the terminal as it was. */
export async function withReporter<Result>(
  { output, env }: CommandContext,
  work: (onEvent: (event: RunEvent) => void) => Promise<Result>,
): Promise<Result> {
  const reporter = openReporter(output, env)
  try {
    return await work(reporter.onEvent)
  } finally {
    await reporter.close()
  }
}
