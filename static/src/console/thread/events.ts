// System lines in words. A newer server may know some for which there are none here.
import type { Message, Rating } from '../../shared/wire.gen'
import { languageName } from '../app/languages'
import { t } from '../app/words'

/** name is what somebody is called now: a customer may have said who he is since. rating is that of the conversation: its system line has the score alone. */
export function eventText(line: Message, me: string, name: (id: string) => string, rating?: Rating): string {
  const e = line.event
  if (!e) return ''
  const { author } = line
  const told = author.kind !== 'visitor' && author.id === e.by && author.name
  const by = e.by === me ? t('person.you') : told || name(e.by)
  switch (e.type) {
    case 'joined':
      return t('event.joined', { by })
    case 'left':
      return t('event.left', { by })
    case 'resolved':
      return t('event.resolved', { by })
    case 'reopened':
      return t('event.reopened', { by })
    case 'assigned':
      if (!e.to) return t('event.unassigned', { by })
      if (e.to === e.by) return t('event.took', { by })
      return t('event.assigned', { by, to: e.to === me ? t('person.toyou') : name(e.to) })
    case 'invited':
      return e.to === me ? t('event.invited.you', { by }) : t('event.invited', { by, to: name(e.to ?? '') })
    case 'language':
      return t('event.language', { by, language: languageName(e.to ?? '') })
    case 'rated':
      if (rating?.comment) return t('event.rated.said', { by, score: e.to ?? '', comment: rating.comment })
      return t('event.rated', { by, score: e.to ?? '' })
    default:
      return ''
  }
}
