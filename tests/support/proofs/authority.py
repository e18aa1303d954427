"""An authority of time-stamps (RFC 3161) for tests: its certificates, and tokens in DER written by hand."""

import hashlib
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AT = datetime(2026, 6, 2, 1, 0, tzinfo=UTC)
YEAR = timedelta(days=365)
SHA256, SM3 = "608648016503040201", "2a811ccf55018311"
ECDSA, SM2 = "2a8648ce3d040302", "2a811ccf55018375"
_TST, _SIGNED, _POLICY = "2a864886f70d0109100104", "2a864886f70d010702", "2a030401"
_TYPE, _DIGEST, _CERTIFICATE = "2a864886f70d010903", "2a864886f70d010904", "2a864886f70d010910022f"


def tlv(tag: int, *parts: bytes) -> bytes:
    """A value in DER (X.690, 8.1)."""
    body = b"".join(parts)
    size = len(body)
    long = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag]) + (bytes([size]) if size < 128 else bytes([0x80 | len(long)]) + long) + body


def number(value: int) -> bytes:
    """An INTEGER."""
    return tlv(2, value.to_bytes(value.bit_length() // 8 + 1))


def oid(digits: str) -> bytes:
    """An OBJECT IDENTIFIER of its bytes."""
    return tlv(6, bytes.fromhex(digits))


class Authority:
    """A root and, below it, the certificate that signs tokens; valid from `begin` to `end`."""

    def __init__(
        self,
        begin: datetime = AT - YEAR,
        end: datetime = AT + YEAR,
        use: tuple[x509.ObjectIdentifier, ...] = (ExtendedKeyUsageOID.TIME_STAMPING,),
    ) -> None:
        self._key, top = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in ("TSA root", "TSA")]

        def made(subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
            return (
                x509.CertificateBuilder()
                .subject_name(subject)
                .issuer_name(names[0])
                .public_key(key.public_key())
                .serial_number(x509.random_serial_number())
                .not_valid_before(begin)
                .not_valid_after(end)
                .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
                .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(top.public_key()), critical=False)
            )

        root = made(names[0], top).add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
        self.root = root.add_extension(_usage(ca=True), critical=True).sign(top, hashes.SHA256())
        own = made(names[1], self._key).add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        own = own.add_extension(x509.ExtendedKeyUsage(use), critical=True).add_extension(_usage(ca=False), critical=True)
        self.own = own.sign(top, hashes.SHA256())

    def token(self, text: bytes, at: datetime = AT, digest: str = SHA256, changed: bool = False) -> bytes:
        """The answer over a text; `digest` SM3 gives a token of SM2, whose signature is no signature."""
        name = "sha256" if digest == SHA256 else "sm3"
        imprint = tlv(0x30, tlv(0x30, oid(digest)), tlv(4, hashlib.new(name, text).digest()))
        time = tlv(0x18, f"{at:%Y%m%d%H%M%SZ}".encode())
        info = tlv(0x30, number(1), oid(_POLICY), imprint, number(7), time)
        own = self.own.public_bytes(serialization.Encoding.DER)
        said = [
            tlv(0x30, oid(_TYPE), tlv(0x31, oid(_TST))),
            tlv(0x30, oid(_DIGEST), tlv(0x31, tlv(4, hashlib.new(name, info).digest()))),
            tlv(0x30, oid(_CERTIFICATE), tlv(0x31, tlv(0x30, tlv(0x30, tlv(0x30, tlv(4, hashlib.sha256(own).digest())))))),
        ]
        said.sort()
        signature = self._key.sign(tlv(0x31, *said), ec.ECDSA(hashes.SHA256()))
        if changed:
            info = info.replace(time, tlv(0x18, f"{at - YEAR:%Y%m%d%H%M%SZ}".encode()))
        sid = tlv(0x30, self.own.issuer.public_bytes(), number(self.own.serial_number))
        algorithm = tlv(0x30, oid(ECDSA if digest == SHA256 else SM2))
        signer = tlv(0x30, number(1), sid, tlv(0x30, oid(digest)), tlv(0xA0, *said), algorithm, tlv(4, signature))
        certificates = tlv(0xA0, *sorted([own, self.root.public_bytes(serialization.Encoding.DER)]))  # a SET in DER
        content = tlv(0x30, oid(_TST), tlv(0xA0, tlv(4, info)))
        signed = tlv(0x30, number(3), tlv(0x31, tlv(0x30, oid(digest))), content, certificates, tlv(0x31, signer))
        return tlv(0x30, tlv(0x30, number(0)), tlv(0x30, oid(_SIGNED), tlv(0xA0, signed)))


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )
