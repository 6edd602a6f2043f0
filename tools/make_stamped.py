"""Make the signed and time-stamped picture of the tests, with OpenSSL as time stamp authority.

    python tools/make_stamped.py

Writes ``stamped.jpg`` and ``known.pem`` (the authorities of signer and clock) into
tests/metadata/credentials/stamped. The keys are thrown away, so each run makes other files. The
certificate of the signer is valid for a minute.
"""

import datetime as dt
import io
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT))

from tools.signing import Party, make_party, sign  # noqa: E402

FOLDER = ROOT / "tests" / "metadata" / "credentials" / "stamped"
SETTINGS = """[tsa]
default_tsa = clock
[clock]
serial = serial
signer_cert = clock.pem
certs = root.pem
signer_key = clock.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256, sha384, sha512
"""


def main() -> None:
    root = make_party("Authority of clocks")
    end = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
    authority = make_party("Authority of tests")
    party = make_party("Signer for a minute", under=authority, end=end)
    with tempfile.TemporaryDirectory() as folder:
        _make_clock(Path(folder), root)
        server = HTTPServer(("127.0.0.1", 0), _handler(Path(folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        buffer = io.BytesIO()
        Image.radial_gradient("L").resize((64, 48)).save(buffer, "JPEG")
        address = f"http://127.0.0.1:{server.server_port}/"
        stamped = sign(buffer.getvalue(), by=party, stamped_by=address)
        server.shutdown()
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "stamped.jpg").write_bytes(stamped)
    (FOLDER / "known.pem").write_text(authority.pem + root.pem, "utf-8")


def _make_clock(folder: Path, root: Party) -> None:
    key = rsa.generate_private_key(65537, 2048)
    # The profile of C2PA asks for these extensions, and no others.
    usage = x509.KeyUsage(True, *(False,) * 8)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key())
    extensions = (
        (x509.BasicConstraints(False, None), True),
        (usage, True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (identifier, False),
    )
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Clock of tests")])
    builder = (
        x509.CertificateBuilder().subject_name(name).issuer_name(root.certificate.subject)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(root.certificate.not_valid_before_utc)
        .not_valid_after(root.certificate.not_valid_after_utc)
    )  # fmt: skip
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    certificate = builder.sign(root.key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "clock.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "clock.key").write_bytes(private)
    (folder / "root.pem").write_text(root.pem, "utf-8")
    (folder / "serial").write_text("01\n", "utf-8")
    (folder / "settings").write_text(SETTINGS, "utf-8")


def _handler(folder: Path) -> type[BaseHTTPRequestHandler]:
    class Clock(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            (folder / "query").write_bytes(query)
            subprocess.run(
                ["openssl", "ts", "-reply", "-config", "settings", "-section", "clock",
                 "-queryfile", "query", "-out", "reply"],
                cwd=folder, check=True, capture_output=True,
            )  # fmt: skip
            reply = (folder / "reply").read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            pass

    return Clock


if __name__ == "__main__":
    main()
