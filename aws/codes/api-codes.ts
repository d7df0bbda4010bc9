import type { ServiceCodes } from './meaning.ts';

const encoded = 'IAM says no: look at the role of the function, at the key and at policies of the organization';

/** What every service may answer. https://docs.aws.amazon.com/general/latest/gr/common-errors.html; the last rows are the SDK's and Node's. */
const everywhere: ServiceCodes = {
  means: {
    passing: `ThrottlingException Throttling ThrottledException RequestThrottled RequestThrottledException TooManyRequestsException
      RequestLimitExceeded BandwidthLimitExceeded LimitExceededException ServiceUnavailable ServiceUnavailableException
      InternalFailure InternalError InternalServerError InternalServerException RequestTimeout RequestTimeoutException
      RequestExpired RequestTimeTooSkewed TimeoutError NetworkingError
      ECONNRESET ECONNREFUSED ECONNABORTED EPIPE ETIMEDOUT EAI_AGAIN`,
    refused: `AccessDenied AccessDeniedException CredentialsProviderError ExpiredToken ExpiredTokenException IncompleteSignature InvalidSignatureException
      UnrecognizedClientException InvalidClientTokenId MalformedHttpRequestException MissingAuthenticationToken
      NotAuthorized OptInRequired RequestAbortedException SignatureDoesNotMatch UnknownOperationException ValidationError
      ValidationException`,
  },
  advice: {
    AccessDenied: encoded,
    AccessDeniedException: encoded,
    CredentialsProviderError: 'nothing was asked of AWS; verbs with --simulate need no credentials',
    ExpiredToken: 'sign in again',
    ExpiredTokenException: 'sign in again',
  },
};

const kms = 'KmsAccessDeniedException KmsInvalidStateException';

/** The error codes of the services other than EC2, sorted by what they mean to a build. Every service may answer `everywhere`. */
export const apiCodes: Record<string, ServiceCodes> = {
  everywhere,
  // The codes of each API, as the SDK's commands list them after @throws.
  ssm: {
    means: {
      passing: 'InternalServerError TooManyUpdates',
      gone: 'ParameterNotFound ParameterVersionNotFound',
      answer: 'ParameterAlreadyExists InvocationDoesNotExist InvalidPluginName',
      refused: `DuplicateInstanceId InvalidDocument InvalidDocumentVersion InvalidInstanceId InvalidNotificationConfig
        InvalidOutputFolder InvalidParameters InvalidRole MaxDocumentSizeExceeded UnsupportedPlatformType InvalidCommandId
        InvalidFilterKey InvalidFilterOption InvalidFilterValue InvalidNextToken InvalidInstanceInformationFilterValue InvalidKeyId
        HierarchyLevelLimitExceededException HierarchyTypeMismatchException IncompatiblePolicyException
        InvalidAllowedPatternException InvalidPolicyAttributeException InvalidPolicyTypeException ParameterLimitExceeded
        ParameterMaxVersionLimitExceeded ParameterPatternMismatchException PoliciesLimitExceededException
        UnsupportedParameterType`,
    },
    // SSM does not know an instance until its agent has called.
    at: { 'ssm:SendCommand': { 'not yet': 'InvalidInstanceId' } },
    advice: {
      InvalidDocument:
        'look at the `document` of the step: its name, its region and whether it is shared with this account',
      InvalidDocumentVersion: 'look at the `version` of the step',
      InvalidParameters: 'look at the `parameters` of the step: the document does not take them so',
      MaxDocumentSizeExceeded: 'the script of the step is too long for SSM: fetch it in the step, or divide it',
      UnsupportedPlatformType: 'the `document` of the step is not for this operating system',
      ParameterMaxVersionLimitExceeded: 'the oldest version of the parameter has a label: move the label',
      ParameterLimitExceeded: 'the account has as many parameters as it may',
    },
  },
  // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
  s3: {
    means: {
      passing: `SlowDown ServiceUnavailable InternalError RequestTimeout OperationAborted ConditionalRequestConflict
        RequestTimeTooSkewed Busy 503`,
      gone: 'NoSuchKey NotFound', // the answer to HeadObject has no body, so the SDK takes the code from its status
      answer: 'PreconditionFailed',
      refused: `AccessDenied AccountProblem AllAccessDisabled AuthorizationHeaderMalformed BadDigest EntityTooLarge ExpiredToken
        InvalidAccessKeyId InvalidArgument InvalidBucketName InvalidBucketState InvalidDigest InvalidObjectState InvalidRange
        InvalidRequest InvalidSecurity InvalidToken InvalidWriteOffset EncryptionTypeMismatch TooManyParts KeyTooLongError
        MethodNotAllowed MissingContentLength NoSuchBucket NotSignedUp PermanentRedirect RequestIsNotMultiPartContent
        SignatureDoesNotMatch TokenRefreshRequired KMS.DisabledException KMS.InvalidStateException KMS.NotFoundException`,
    },
    advice: {
      NoSuchBucket:
        "the bucket of this pipeline is gone: deploy again; what was in it is in the bucket's backups, if any",
    },
  },
  states: {
    means: {
      passing: 'KmsThrottlingException ExecutionLimitExceeded',
      gone: 'ExecutionDoesNotExist TaskDoesNotExist TaskTimedOut InvalidToken',
      answer: 'ExecutionAlreadyExists',
      refused: `InvalidArn InvalidExecutionInput InvalidName InvalidOutput StateMachineDeleting StateMachineDoesNotExist
        StateMachineTypeNotSupported ResourceNotFound ${kms}`,
    },
  },
  sns: {
    means: {
      passing: 'InternalErrorException KMSThrottlingException',
      refused: `AuthorizationErrorException EndpointDisabledException InvalidParameterException InvalidParameterValueException
        InvalidSecurityException KMSAccessDeniedException KMSDisabledException KMSInvalidStateException KMSNotFoundException
        KMSOptInRequired NotFoundException PlatformApplicationDisabledException`,
    },
  },
  kms: {
    means: {
      passing: 'DependencyTimeoutException KMSInternalException',
      gone: 'NotFoundException',
      refused: `InvalidArnException DisabledException DryRunOperationException InvalidGrantIdException
        InvalidGrantTokenException InvalidMarkerException KMSInvalidStateException`,
    },
  },
  sts: {
    means: {
      refused: `MalformedPolicyDocument MalformedPolicyDocumentException PackedPolicyTooLarge PackedPolicyTooLargeException
        RegionDisabledException`,
    },
  },
  cloudformation: {
    means: {
      answer: 'AlreadyExistsException',
      refused: 'InsufficientCapabilitiesException TokenAlreadyExistsException LimitExceededException ValidationError',
    },
    messages: [
      { code: 'ValidationError', says: /does not exist/, is: 'gone' },
      { code: 'ValidationError', says: /No updates are to be performed/, is: 'answer' },
    ],
    advice: { LimitExceededException: 'the account has as many stacks in this region as it may' },
  },
  events: { means: { passing: 'InternalException' } },
  iam: { means: { passing: 'ServiceFailureException', gone: 'NoSuchEntityException' } },
  secretsmanager: {
    means: {
      passing: 'InternalServiceError',
      gone: 'ResourceNotFoundException',
      refused: 'InvalidParameterException',
    },
  },
  servicequotas: {
    means: { passing: 'ServiceException', refused: 'IllegalArgumentException NoSuchResourceException' },
  },
};
