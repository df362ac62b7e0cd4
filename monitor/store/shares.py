"""Where a SQLite file must not lie: on a share of the network, where its locks do not hold."""

from __future__ import annotations

from pathlib import Path

from monitor.errors import StoreError

MOUNTS = Path("/proc/mounts")
_SHARES = frozenset(
    {
        *("nfs", "nfs3", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "ncpfs", "afs", "coda", "9p", "davfs"),
        *("ceph", "glusterfs", "lustre", "beegfs", "gpfs", "ocfs2", "gfs2"),
        *("fuse.sshfs", "fuse.s3fs", "fuse.rclone", "fuse.davfs2", "fuse.glusterfs", "fuse.ceph", "fuse.smbnetfs"),
    }
)


def refuse_share(path: Path, mounts: Path = MOUNTS) -> None:
    """Raises StoreError where a path lies on a network share, by the kernel's list of mounted file systems; without a
    list nothing is refused."""
    try:
        lines = mounts.read_bytes().decode("utf-8", "replace").splitlines()
    except OSError:
        return
    place, best, kind = str(path), "", ""
    for line in lines:
        parts = line.split(" ", 3)
        if len(parts) < 3:
            continue
        point = parts[1]
        if "\\" in point:
            point = point.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        # A later mount on the same point hides the earlier one.
        if len(point) >= len(best) and (place == point or place.startswith(point.rstrip("/") + "/")):
            best, kind = point, parts[2]
    if kind in _SHARES:
        raise StoreError(
            f"{path} is on a network share ({kind}, mounted at {best}), where SQLite loses data when two machines "
            "write. Put the store on a local disk: `store: /path/store.db`; to share it between machines use "
            "PostgreSQL: `store: postgresql://USER@HOST/DATABASE`."
        )
