const consoles: Record<string, string> = {
  aws: 'https://console.aws.amazon.com',
  'aws-cn': 'https://console.amazonaws.cn',
  'aws-us-gov': 'https://console.amazonaws-us-gov.com',
};

const placeIn = (arn: string) => {
  const [, partition = '', , region = ''] = arn.split(':');
  return { home: consoles[partition], region };
};

/** Console address of an execution. Undefined in partitions whose console is not public. */
export function executionLink(executionArn: string): string | undefined {
  const { home, region } = placeIn(executionArn);
  return home && `${home}/states/home?region=${region}#/v2/executions/details/${executionArn}`;
}

/** Console address of an object in the artifact bucket, which is in the execution's region. */
export function objectLink(executionArn: string, bucket: string, key: string): string | undefined {
  const { home, region } = placeIn(executionArn);
  return home && `${home}/s3/object/${bucket}?region=${region}&prefix=${encodeURIComponent(key)}`;
}
