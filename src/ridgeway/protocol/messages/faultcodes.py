"""X-Road's fault codes in both spellings: snake case from 7.8 on, camel case up to 7.7.

Law: inside Ridgeway a code is always in the spelling of 7.8; only what leaves or arrives is translated, segment by
segment. A code that is not in the table is translated by the same habit, so nothing is ever lost.
Source: X-Road's ErrorCodes before and after August 2025; PR-MESS §2.8, PR-REST §4.6.
"""

import re
from enum import StrEnum


class Spelling(StrEnum):
    """Which releases understand the code."""

    SNAKE = "7.8"
    CAMEL = "7.7"


PREFIXES = {
    "client": "Client",
    "clientproxy": "ClientProxy",
    "opmonitor": "OpMonitor",
    "server": "Server",
    "serverproxy": "ServerProxy",
    "signer": "Signer",
}

GENERIC = {
    "bad_request": "BadRequest",
    "database_error": "DatabaseError",
    "http_error": "HttpError",
    "internal_error": "InternalError",
    "invalid_request": "InvalidRequest",
    "invalid_response": "InvalidResponse",
    "io_error": "IOError",
    "network_error": "NetworkError",
    "not_found": "NotFound",
}

PROOF = {
    "cannot_create_cert_path": "CannotCreateCertPath",
    "cannot_create_signature": "CannotCreateSignature",
    "cert_validation": "CertValidation",
    "cert_validity_time": "CertValidityTime",
    "hashchain_unused_inputs": "HashChainUnusedInputs",
    "incorrect_certificate": "IncorrectCertificate",
    "incorrect_validation_info": "IncorrectValidationInfo",
    "invalid_cert_path": "InvalidCertPath",
    "invalid_hash_chain": "InvalidHashChain",
    "invalid_hash_chain_ref": "InvalidHashChainRef",
    "invalid_reference": "InvalidReference",
    "invalid_signature_value": "InvalidSignatureValue",
    "invalid_xml": "InvalidXml",
    "malformed_hash_chain": "MalformedHashChain",
    "malformed_signature": "MalformedSignature",
    "malformed_soap": "MalformedSoap",
    "missing_validation_info": "MissingValidationInfo",
    "signature_verification": "SignatureVerification",
    "unsupported_algorithm": "UnsupportedAlgorithm",
}

EXCHANGE = {
    "access_denied": "AccessDenied",
    "client_proxy_version_not_supported": "ClientProxyVersionNotSupported",
    "duplicate_header_field": "DuplicateHeaderField",
    "inconsistent_headers": "InconsistentHeaders",
    "inconsistent_response": "InconsistentResponse",
    "invalid_body": "InvalidBody",
    "invalid_client_identifier": "InvalidClientIdentifier",
    "invalid_content_type": "InvalidContentType",
    "invalid_encoded_id": "InvalidEncodedId",
    "invalid_http_method": "InvalidHttpMethod",
    "invalid_message": "InvalidMessage",
    "invalid_protocol_version": "InvalidProtocolVersion",
    "invalid_rest": "InvalidRest",
    "invalid_security_server": "InvalidSecurityServer",
    "invalid_soap": "InvalidSoap",
    "invalid_soap_action": "InvalidSoapAction",
    "logging_failed": "LoggingFailed",
    "maintenance_mode": "MaintenanceMode",
    "mime_parsing_failed": "MimeParsingFailed",
    "missing_body": "MissingBody",
    "missing_header": "MissingHeader",
    "missing_header_field": "MissingHeaderField",
    "missing_rest": "MissingRest",
    "missing_signature": "MissingSignature",
    "missing_soap": "MissingSoap",
    "service_disabled": "ServiceDisabled",
    "service_failed": "ServiceFailed",
    "service_malformed_url": "ServiceMalformedUrl",
    "service_missing_url": "ServiceMissingUrl",
    "service_type": "ServiceType",
    "ssl_authentication_failed": "SslAuthenticationFailed",
    "timestamper_failed": "TimestamperFailed",
    "timestamping_failed": "TimestampingFailed",
    "unknown_member": "UnknownMember",
    "unknown_service": "UnknownService",
}

CONTAINERS = {
    "asic_hash_chain_not_found": "AsicHashChainNotFound",
    "asic_hash_chain_result_not_found": "AsicHashChainResultNotFound",
    "asic_invalid_container": "AsicInvalidContainer",
    "asic_invalid_mime_type": "AsicInvalidMimeType",
    "asic_manifest_not_found": "AsicManifestNotFound",
    "asic_message_not_found": "AsicMessageNotFound",
    "asic_mime_type_not_found": "AsicMimeTypeNotFound",
    "asic_signature_not_found": "AsicSignatureNotFound",
    "asic_timestamp_not_found": "AsicTimestampNotFound",
}

CONFIGURATION = {
    "adapter_wsdl_not_found": "AdapterWsdlNotFound",
    "global_conf_outdated": "OutdatedGlobalConf",
    "malformed_global_conf": "MalformedGlobalConf",
    "malformed_key_conf": "MalformedKeyConf",
    "malformed_optional_parts_conf": "MalformedOptionalPartsConf",
    "malformed_server_conf": "MalformedServerConf",
}

TOKENS = {
    "cannot_find_member": "CannotFindMember",
    "cannot_get_member_id_from_certificate": "CannotGetMemberIdFromCertificate",
    "cannot_sign": "CannotSign",
    "cert_exists": "CertExists",
    "cert_import_failed": "CertImportFailed",
    "cert_not_found": "CertNotFound",
    "csr_not_found": "CsrNotFound",
    "failed_to_delete_key": "FailedToDeleteKey",
    "failed_to_generate_certificate_request": "FailedToGenerateCertificateRequest",
    "failed_to_generate_private_key": "FailedToGeneratePrivateKey",
    "failed_to_generate_public_key": "FailedToGeneratePublicKey",
    "hsm_non_operational": "HSMNonOperational",
    "key_not_available": "KeyNotAvailable",
    "key_not_found": "KeyNotFound",
    "login_failed": "LoginFailed",
    "logout_failed": "LogoutFailed",
    "pin_incorrect": "PinIncorrect",
    "token_not_active": "TokenNotActive",
    "token_not_available": "TokenNotAvailable",
    "token_not_found": "TokenNotFound",
    "token_not_initialized": "TokenNotInitialized",
    "token_pin_policy_failure": "TokenPinPolicyFailure",
    "token_readonly": "TokenReadOnly",
    "unsupported_sign_algorithm": "UnsupportedSignAlgorithm",
    "wrong_cert_usage": "WrongCertUsage",
}

SAME_IN_BOTH = {"anchor_file_not_found": "anchor_file_not_found", "malformed_anchor": "malformed_anchor"}

TOLD_APART_SINCE = {
    "global_conf_missing_signed_data_expiration_date": "MalformedGlobalConf",
    "global_conf_missing_verification_cert": "CertNotFound",
    "global_conf_signature_verification_failure": "InvalidSignatureValue",
    "mlog": "",
    "tsp_certificate_not_found": "InternalError",
    "unknown_host": "NetworkError",
}
"""What 7.8 tells apart and 7.7 did not; the way back is to the common code. An empty segment is left out."""

IN_BOTH = PREFIXES | GENERIC | PROOF | EXCHANGE | CONTAINERS | CONFIGURATION | TOKENS | SAME_IN_BOTH
FAULT_CODES = IN_BOTH | TOLD_APART_SINCE
"""Each segment of a code: 7.8's spelling → that of 7.7 and earlier."""

SNAKE_OF = {camel: snake for snake, camel in IN_BOTH.items()}
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
MAX_CODE_CHARACTERS = 1000


def render_code(code: str, spelling: str = Spelling.SNAKE) -> str:
    """A code, known in the spelling of 7.8, as releases of `spelling` write it."""
    if Spelling(spelling) is Spelling.SNAKE:
        return code
    segments = (FAULT_CODES.get(segment, to_camel(segment)) for segment in code.split("."))
    return ".".join(segment for segment in segments if segment)


def parse_code(text: str) -> str:
    """A code in the spelling of 7.8, whichever it was written in and whatever XML prefix stood before it."""
    code = text.strip()[:MAX_CODE_CHARACTERS].rpartition(":")[2]
    return ".".join(SNAKE_OF.get(segment) or to_snake(segment) for segment in code.split("."))


def to_camel(segment: str) -> str:
    """A segment that is not in the table, in camel case."""
    return "".join(word[:1].upper() + word[1:] for word in segment.split("_"))


def to_snake(segment: str) -> str:
    """A segment that is not in the table, in snake case."""
    return HUMP.sub("_", segment).lower()
