import type { HttpAnswer } from '../wire.ts';
import type { Ec2Call } from './ec2-call.ts';

/** The route of a default VPC to its internet gateway. */
const gateway =
  '<item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><gatewayId>igw-0123456789abcdef0</gatewayId><state>active</state><origin>CreateRoute</origin></item>';

/** Route tables as moto has them, each with a route to the internet. */
export async function describeRouteTables({ pass }: Ec2Call): Promise<HttpAnswer> {
  const answer = await pass();
  return { ...answer, body: answer.body.toString().replaceAll('<routeSet>', `<routeSet>${gateway}`) };
}
