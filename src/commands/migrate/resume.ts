import { resumeRun } from '../../app/migrate/resume.ts'
import { withSession } from '../../app/session.ts'
import { defineCommand, examples } from '../command.ts'
import { withReporter } from '../report-run.ts'
import { printRun } from './report.ts'

export const command = defineCommand<[run: string], object>(
  (resume) => {
    resume.argument('<run>', 'its id, or how it begins')
    examples(resume, ['dbsvc migrate resume 0198f3a2'])
  },
  async (context, [id]) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'migrate resume', async (session) => {
      context.output.note(`going on with ${id} on ${session.place}`)
      const result = await withReporter(context, (onEvent) =>
        resumeRun(session, id, { signal: context.signal, onEvent }),
      )
      return printRun(context, 'migrate.resume/1', session.place, result)
    })
  },
)
