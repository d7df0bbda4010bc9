/** Facts without a field in moto are kept there as tags of the AMI, which no function gets to see. */
export const mark = 'layer:';
