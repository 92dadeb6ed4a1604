# Redraw with: gnuplot stream-closed-spin-1p1c-throughput.gp
set terminal svg size 960,600 dynamic enhanced font "DejaVu Sans,Helvetica,13" background "#ffffff"
set output 'stream-closed-spin-1p1c-throughput.svg'
set encoding utf8
set label 1 'Throughput: stream, closed, wait spin, p=core:0,c=core:1,seg=producer' at screen 0.02,0.962 left noenhanced font ",15"
set label 2 'AMD EPYC, 2 CPUs, 1 NUMA node, Linux 6.18.44-fc-v782, unnamed hypervisor · 0.1.0 (db8315724c)' at screen 0.02,0.918 left noenhanced font ",11" textcolor rgb "#666666"
set label 3 '' at screen 0.98,0.022 right noenhanced font ",11" textcolor rgb "#666666"
set logscale xy
set xlabel "message size" offset 0,-0.2
set ylabel 'payload received' noenhanced offset -0.5,0
set xrange [38.4:20971520.0]
set yrange [1384783769.8933144:59931767464.09694]
set xtics ("48B" 48, "" 64, "64KiB" 65536, "1MiB" 1048576, "16MiB" 16777216) nomirror
set ytics ("2 GB/s" 2000000000.0, "5 GB/s" 5000000000.0, "10 GB/s" 10000000000.0, "20 GB/s" 20000000000.0, "50 GB/s" 50000000000.0) nomirror
set border 3 linecolor rgb "#444444"
set grid xtics ytics linetype 1 linewidth 0.6 linecolor rgb "#e3e3e3"
set bars 0.4
set key outside right top vertical Left reverse noenhanced samplen 3 spacing 1.25 width 1
set lmargin 13
set bmargin 5
set tmargin 5
plot 'stream-closed-spin-1p1c-throughput.tsv' index 0 using 1:2:3:4 with yerrorlines linewidth 1.8 dashtype 1 linecolor rgb "#0072b2" pointtype 7 pointsize 0.75 title 'shm raw', \
  'stream-closed-spin-1p1c-throughput.tsv' index 1 using 1:2 with lines linewidth 1.8 dashtype 3 linecolor rgb "#888888" title 'memcpy (roof)', \
  'stream-closed-spin-1p1c-throughput.tsv' index 2 using 1:2 with lines linewidth 1.8 dashtype 2 linecolor rgb "#444444" title 'C ring (roof)'
