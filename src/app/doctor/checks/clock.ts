import { readClockOffset } from '../../../engines/postgres/doctor/clock.ts'
import { defineCheck } from '../check.ts'

const mostMs = 2_000

export const clock = defineCheck({
  id: 'clock',
  engine: 'postgres',
  needs: 'server',
  summary: "this machine's clock and the server's agree",
  findings: {
    'clock-skew': {
      severity: 'warning',
      means:
        "Logs of this machine cannot be laid beside the server's, and times in plans are wrong. Signed contexts do not depend on it: their life is counted in the server's time.",
    },
  },
  async look({ session, facts }) {
    const offsetMs = Math.round(await readClockOffset((await session()).client))
    facts.clockOffsetMs = offsetMs
    if (Math.abs(offsetMs) <= mostMs) return []
    const seconds = (Math.abs(offsetMs) / 1000).toFixed(1)
    const message = `this machine's clock is ${seconds} s ${offsetMs > 0 ? 'behind' : 'ahead of'} the server's`
    return [{ id: 'clock-skew', message, mend: 'timedatectl set-ntp true' }]
  },
})
