import type { SecureContextOptions } from 'node:tls'
import { reasonOf } from '../../core/errors/error.ts'
import type { Logger } from '../log.ts'
import type { Listener } from './open-listener.ts'
import { readTls, type TlsSettings } from './tls.ts'

/** A certificate that was replaced is used for new connections after so long, in milliseconds. */
const lookMs = 5_000

export interface Renewal {
  stop(): void
}

/** Reads the files again every few seconds, which sees through any way of replacing them, and at once on SIGHUP. */
export function renewTls(
  settings: TlsSettings,
  current: SecureContextOptions,
  listener: Pick<Listener, 'renew'>,
  log: Logger,
): Renewal {
  let known = JSON.stringify(current)
  let failed = ''
  const look = async (): Promise<void> => {
    try {
      const options = await readTls(settings)
      const found = JSON.stringify(options)
      failed = ''
      if (options === null || found === known) return
      listener.renew(options)
      log.info('certificate of the listener renewed')
      known = found
    } catch (error) {
      // Once, and not every few seconds.
      if (String(error) !== failed) log.error({ reason: reasonOf(error) }, 'certificate of the listener not renewed')
      failed = String(error)
    }
  }
  const renew = (): void => void look()
  const timer = setInterval(renew, lookMs).unref()
  process.on('SIGHUP', renew)
  return {
    stop() {
      clearInterval(timer)
      process.off('SIGHUP', renew)
    },
  }
}
