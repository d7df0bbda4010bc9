import type { Plan } from '../../core/build/plan.ts';
import type { ChannelLedger } from '../../core/distribute/channel.ts';
import {
  ledgerTemplate,
  templateProblem,
  templateStep,
  templateToken,
  templateVersion,
  wantedTemplates,
  type TemplateSeen,
} from '../../core/publish/launch-templates.ts';
import type { LedgerTemplate } from '../../core/publish/ledger-template.ts';
import { placeName } from '../../core/distribute/place.ts';
import { Failure, lastingFailure } from '../../core/errors.ts';
import type { Connection } from '../connection.ts';
import {
  createTemplateVersion,
  readTemplate,
  setDefaultVersion,
  templateReading,
} from '../instances/launch-templates.ts';

/** What the functions here call. */
export const templatePermissions = [...templateReading, 'ec2:CreateLaunchTemplateVersion', 'ec2:ModifyLaunchTemplate'];

/** A launch template of a publish or of a move: its entry in the ledger, and what EC2 shows of it. */
export interface PublishedTemplate {
  entry: LedgerTemplate;
  seen: TemplateSeen;
}

/** The launch templates of a publish as EC2 shows them. @throws PublishFailed if one may not get a version. */
export const seeTemplates = (
  aws: Connection,
  plan: Plan,
  known: ChannelLedger | undefined,
  after: ChannelLedger['after'],
): Promise<PublishedTemplate[]> =>
  Promise.all(
    wantedTemplates(plan, after).map(async (wanted) => {
      const { region, template, ami } = wanted;
      const seen = await readTemplate(aws, region, template, { ami, description: templateVersion(plan, ami) });
      const problem = templateProblem(plan.recipe, wanted, seen);
      if (!seen || problem !== undefined) throw new Failure('PublishFailed', `${ami} is not published: ${problem}`);
      return { entry: ledgerTemplate(known, wanted, seen), seen };
    }),
  );

/** The launch templates that are not yet as the recipe says. */
export const templatesBehind = (templates: PublishedTemplate[]): PublishedTemplate[] =>
  templates.filter(({ entry, seen }) => templateStep(entry, seen) !== undefined);

export const saysBehind = ({ entry }: PublishedTemplate): string =>
  `${entry.template} in ${placeName(entry)} has no ${entry.setDefault ? 'default ' : ''}version with ${entry.ami} yet`;

/** Makes the missing versions, and sets them as the default. @throws PublishFailed if EC2 refuses; others may be done. */
export async function writeTemplates(
  aws: Connection,
  plan: Pick<Plan, 'recipe' | 'build' | 'resumedAt'>,
  templates: PublishedTemplate[],
): Promise<void> {
  const write = async ({ entry, seen }: PublishedTemplate) => {
    const { region, template, ami, before: from, setDefault } = entry;
    try {
      const description = templateVersion(plan, ami);
      const made = { template, from, ami, description };
      const version = seen.ours ?? (await createTemplateVersion(aws, region, made, templateToken(plan, entry)));
      if (setDefault && version !== undefined) await setDefaultVersion(aws, region, template, version);
    } catch (error) {
      const failure = lastingFailure(error);
      const message = `${template} was not changed, and other regions go back to what they had: ${failure.message}`;
      throw new Failure('PublishFailed', message, { cause: failure });
    }
  };
  await Promise.all(templatesBehind(templates).map(write));
}
