import { runRetention } from '../../app/retention/run.ts'
import type { SeriesUpkeep } from '../../app/retention/upkeep.ts'
import { withSession } from '../../app/session.ts'
import { defineCommand, examples } from '../command.ts'

interface Options {
  readonly dryRun?: true
}

export const command = defineCommand<[], Options>(
  (run) => {
    run.option('--dry-run', 'say what would be done, and do nothing')
    examples(run, ['dbsvc retention run --dry-run', 'dbsvc retention run', 'dbsvc retention run --json'])
  },
  async (context, _args, { dryRun = false }) => {
    const { output, signal } = context
    const loaded = await context.loadConfig()
    return withSession(loaded, 'retention run', async (session) => {
      output.note(`${dryRun ? 'looking at' : 'keeping up'} the time series of ${session.place}`)
      const now = new Date(output.now())
      const onWarning = (text: string): void => output.warn(text)
      const series = await runRetention(session, { dryRun, now, signal, onWarning })
      output.result('retention.run/1', { place: session.place, now, dryRun, series }, () =>
        series.length === 0 ? ['nothing to do'] : series.map((one) => describe(one, dryRun)),
      )
      return undefined
    })
  },
)

function describe({ series, kind, made, dropped, deleted }: SeriesUpkeep, dryRun: boolean): string {
  const noun = kind === 'hypertable' ? 'chunks' : 'partitions'
  const parts = [
    ...(made > 0 ? [`${made} ${noun} made ahead`] : []),
    ...(dropped > 0 ? [`${dropped} ${noun} dropped`] : []),
    ...(deleted > 0 ? [`${deleted} rows of the default partition deleted`] : []),
  ]
  return `${series}: ${dryRun ? 'to be done: ' : ''}${parts.join(', ')}`
}
