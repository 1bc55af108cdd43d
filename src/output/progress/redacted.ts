import type { RunEvent } from '../../core/run/event.ts'

/** The event with each of its texts redacted. */
export function redacted<Event extends RunEvent>(event: Event, redact: (text: string) => string): Event {
  // A secret may be an ordinary word; what the event is must stay.
  return { ...(textsIn(event, redact) as Event), type: event.type }
}

function textsIn(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map((item) => textsIn(item, redact))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, textsIn(item, redact)]))
}
