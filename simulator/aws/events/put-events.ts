import type { PutEventsRequest } from '@aws-sdk/client-eventbridge';
import { ApiError, type Actions } from '../calls/actions.ts';
import { required, strict } from '../calls/strict.ts';
import type { World } from '../state/world.ts';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** The part of EventBridge that accepts custom events. A refused entry is reported in the answer, not by an error. */
export function putEventsActions(world: World): Actions {
  return {
    PutEvents: strict(
      'eventbridge:PutEvents',
      'Entries.Source Entries.DetailType Entries.Resources Entries.Detail',
      ({ Entries }: PutEventsRequest, { account, region }) => {
        const entries = required(Entries, 'Entries', 'ValidationException');
        if (entries.length < 1 || entries.length > 10)
          throw new ApiError('ValidationException', 'Entries must have 1 to 10 members');
        const answers = entries.map(({ Source = '', DetailType = '', Resources = [], Detail = '' }) => {
          if (!Source || !DetailType || !Detail)
            return { ErrorCode: 'InvalidArgument', ErrorMessage: 'Source, DetailType and Detail are required.' };
          if (Source.startsWith('aws.'))
            return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: `Not authorized for ${Source}.` };
          if (!isJson(Detail)) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
          const detail = JSON.parse(Detail) as Record<string, unknown>;
          return {
            EventId: world.emit({
              source: Source,
              'detail-type': DetailType,
              account,
              region,
              resources: Resources,
              detail,
            }),
          };
        });
        return {
          FailedEntryCount: answers.filter((answer) => 'ErrorCode' in answer).length,
          Entries: answers,
        };
      },
    ),
  };
}
