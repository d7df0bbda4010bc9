import { basename } from 'node:path';
import { CannotTranslate, note, recipeNameFrom, type DocumentContext, type Draft } from './draft.ts';
import { addComponent } from './image-builder-component.ts';

/* oxlint-disable typescript/no-explicit-any -- documents of others, read key by key */
type Json = Record<string, any>;

/** How to save the document of a component. GetComponent takes versions with x, and answers with the newest one. */
export const savingComponent = (arn: string, file: string): string =>
  `aws imagebuilder get-component --component-build-version-arn ${arn} --query component.data --output text >${file}`;

/** Components of AWS for which a recipe has a step of its own, or none. */
const managed: [RegExp, Record<string, unknown> | undefined][] = [
  [/^reboot-(linux|windows)$/, { reboot: true }],
  [/^simple-boot-test-(linux|windows)$/, undefined],
  [
    /^amazon-cloudwatch-agent-(linux|windows)$/,
    {
      document: 'AWS-ConfigureAWSPackage',
      parameters: { action: ['Install'], name: ['AmazonCloudWatchAgent'] },
    },
  ],
];

function addArn(draft: Draft, arn: string, parameters: Record<string, string>): string {
  const [, , , , owner = ''] = arn.split(':');
  const [, name = ''] = arn.split('/');
  const known = owner === 'aws' ? managed.find(([pattern]) => pattern.test(name)) : undefined;
  if (known && !known[1]) return 'not a step: checks run on a fresh instance of the image, which has booted';
  if (!known && !/^(aws|\d{12})$/.test(owner))
    throw new CannotTranslate(
      'makers in AWS Marketplace hide the documents of their components; install the product in a step',
    );
  const file = `components/${name}.yml`;
  const given = Object.keys(parameters).length > 0 && { parameters };
  // AWS names its test components so. Of others only the document tells.
  const list = owner === 'aws' && /-test(-|$)/.test(name) ? 'checks' : 'provision';
  draft[list].push(known?.[1] ?? { name, component: { file, ...given } });
  const place = `${list}[${draft[list].length - 1}]`;
  if (known) return place;
  return `${place}; save its document in the folder of the recipe: ${savingComponent(arn, file)}; golden validate then says whether its phases need a check, too`;
}

/** Adds the components that a recipe of Image Builder names: those that were given as documents, and a step for each of the others. */
export function addComponentArns(list: Json[], { components, ...context }: DocumentContext): void {
  for (const { componentArn, parameters = [] } of list) {
    const arn = String(componentArn);
    const name = recipeNameFrom(arn.split('/')[1] ?? '');
    const values: Record<string, string> = {};
    for (const one of parameters as Json[]) values[String(one['name'])] = [one['value']].flat().join(',');
    const at = components.findIndex(({ document, file }) =>
      [(document as Json)['name'], basename(file).replace(/\.ya?ml$/, '')].some(
        (one) => recipeNameFrom(String(one)) === name,
      ),
    );
    const [given] = at < 0 ? [] : components.splice(at, 1);
    if (!given) {
      note(context.notes, { file: context.file, what: arn }, () => addArn(context.draft, arn, values));
      continue;
    }
    addComponent(given, context, values);
  }
}
