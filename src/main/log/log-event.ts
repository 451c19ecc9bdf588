import type { AppEvent } from '../../shared/contract/events.ts';
import type { Log } from '../application.ts';

/** Of what the app announces, what belongs in its log: how streams come and go, and their warnings. */
export function logEvent(event: AppEvent, log: Log): void {
  if (event.type === 'log' && event.level !== 'info') log.warn(event.message, { stream: event.streamID });
  if (event.type !== 'stream') return;
  const { id, configID, name, status, phase, phaseDetail, reason } = event.stream;
  const detail = reason ?? phaseDetail;
  const facts = { stream: id, config: configID, status, ...(phase && { phase }), ...(detail && { detail }) };
  const message = `Stream "${name}" is ${status}${phase ? `, ${phase}` : ''}.`;
  if (status === 'FAILED') log.warn(message, facts);
  else log.info(message, facts);
}
